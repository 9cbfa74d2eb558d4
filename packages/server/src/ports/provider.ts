import type { Channel, Lane } from "@tidings/contract/words";
import type { z } from "zod";
import type { FeedbackKind } from "../domain/feedback.ts";
import type { Inbox } from "./inbox.ts";
import type { RequestTrace } from "./tracer.ts";

/** A message, rendered and addressed, as a provider gets it. */
export interface OutboundMessage {
  id: string;
  /** Number of this attempt, from 1. */
  attempt: number;
  /** The same for every attempt at this message; a provider with idempotency of its own is given this. */
  idempotencyKey: string;
  channel: Channel;
  lane: Lane;
  tenant: string | undefined;
  /** Id that the application gave the recipient. */
  recipient: string;
  category: string;
  /** Address in clear: mail address, phone number, URL, token. */
  to: string;
  /**
   * Since when the address is known for sure to be the recipient's, ms; undefined where nobody can say. A vendor that tells when
   * a token ended (APNs) ends it only if that was later.
   */
  addressKnownSince?: number | undefined;
  content: RenderedContent;
  createdAt: number;
  /** After it nobody wants the message any more, ms; null where it does not end. */
  expiresAt: number | null;
  /** A POST there ends messages of this category (RFC 8058); undefined where the message has no such header. */
  unsubscribeUrl?: string | undefined;
}

/** What a template made. Which fields are set depends on the channel. */
export interface RenderedContent {
  subject?: string;
  text?: string;
  html?: string;
  /** JSON text: of a webhook the whole body; of a chat message the vendor's own fields (blocks, cards), beside `text`. */
  body?: string;
  /** What a push message has beside its title (`subject`) and text. */
  push?: RenderedPush;
  /** https addresses of pictures and files that go with an SMS or a chat message. */
  mediaUrls?: readonly string[];
  /** Templates that lie at vendors, and what they are filled with there. */
  stored?: StoredTemplates;
  /** Files that go with a mail. */
  attachments?: readonly RenderedAttachment[];
  /** What an in-app message has beside its title (`subject`) and text. */
  inApp?: RenderedInApp;
  /** The locale that its template had for the recipient; undefined where that was the default. */
  locale?: string;
}

/** A file in a mail, by content only: nothing is read from a path or a URL. */
export interface RenderedAttachment {
  filename: string;
  contentType: string;
  /** Bytes, or base64 as the event's data or a direct message had it, which was checked. */
  content: Buffer | string;
  /** Name by which HTML shows it in place, without brackets: `cid:logo`. */
  contentId?: string;
}

export interface RenderedInApp {
  url?: string;
  imageUrl?: string;
  actions?: readonly { key: string; label: string; url?: string }[];
  data?: Record<string, string>;
}

export interface RenderedPush {
  /** Where a tap leads. */
  url?: string;
  imageUrl?: string;
  /** For the application's own code. */
  data?: Record<string, string>;
  /** Number on the application's icon. */
  badge?: number;
  /** Name of a sound that the application brings along, or `default`. */
  sound?: string;
  /** Of several with the same key the device shows the newest. */
  collapseKey?: string;
}

export interface StoredTemplates {
  /** The vendor's own id of the template, by the name of the provider. */
  ids: Readonly<Record<string, string>>;
  /** Merge data: what our own templates may read, under the same names. */
  data: Readonly<Record<string, unknown>>;
}

/**
 * Whose fault a refusal is: the message's own; its destination's, such as a domain that takes nothing from us at the moment; or the
 * integration's, whose account, key or quota lets nothing out. The latter two are held against later messages too.
 */
export type RefusalScope = "message" | "destination" | "integration";

/** What became of one message of a call. */
export type Outcome =
  | { status: "accepted"; providerMessageId?: string }
  | {
      status: "rejected";
      kind: "transient" | "permanent";
      /** The provider's own code, such as `550` or `21610`. */
      code: string;
      /** Free of addresses and content: it is logged. */
      detail?: string;
      retryAfterMs?: number;
      /** Which schedule a transient refusal follows; `mail` is the one of SMTP (RFC 5321 §4.5.4.1). */
      schedule?: "default" | "mail";
      /** The address must not be contacted again on this channel. */
      suppress?: boolean;
      /** `message` where left out; what came from no vendor (no connection, 5xx) is the integration's all the same. */
      scope?: RefusalScope;
      /** The message is tried at most so many times because of this refusal, whatever its schedule allows. */
      attemptsMax?: number;
      /** The vendor gave a code that its table does not know: somebody should look at it. */
      unlisted?: boolean;
    }
  | { status: "unknown"; code: string; detail?: string };

export interface SendContext {
  callId: string;
  /** The call's time: after it nobody waits for its outcome. */
  timeoutMs: number;
  /** Aborted when the call's time is over. Made when it is asked for, as it costs as much as a small call. */
  readonly signal: AbortSignal;
  /** What the call's requests belong to, to be given to `http` with them; undefined where nothing is traced. */
  readonly trace?: RequestTrace | undefined;
}

export type { FeedbackKind };

/** What a provider reported about a message, normalised. */
export interface Feedback {
  /** Ours: adapters stamp it on what they send. What carries none is dropped. */
  messageId: string;
  kind: FeedbackKind;
  /** When it happened, ms. */
  at: number;
  code?: string;
}

/** What somebody sent to an integration, normalised. */
export interface InboundMessage {
  /** The provider's own: told again, it is the same. */
  id: string;
  /** Number in E.164 form; in a chat the address there. */
  from: string;
  /** Where left out: `chat` of an integration for chats, else `sms`. */
  channel?: "sms" | "chat";
  /** It was said among several people, to each other as well as to us: told of, and never taken for a word. */
  isTalk?: true;
  text: string;
  /** When it was sent, ms. */
  at: number;
}

/** What a look at an account came to, without sending anything. */
export type ProbeResult =
  | { status: "ok" }
  | { status: "failed"; code: string; detail: string }
  /** The vendor has nothing that could be asked. */
  | { status: "unchecked"; detail: string };

/** A configured account of a provider, ready to send. */
export interface Provider {
  /** Messages that one call may carry. */
  readonly maxBatch: number;
  /** True where the provider itself drops a repeated `idempotencyKey`. */
  readonly idempotent: boolean;
  /** Time that one call may take where the integration's limits set none; the server's own setting where left out. */
  readonly callTimeoutMs?: number;
  /**
   * Bound on concurrent messages to one destination is kept per this name: the host of a webhook. Undefined where
   * the account is one destination.
   */
  destination?(to: string): string;
  /**
   * One call. Gives one outcome per message, in order. A fault that leaves open what happened is `unknown`; it never
   * throws for what the network or the vendor does.
   */
  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]>;
  /** Asks the vendor whether the account works, and sends nothing. Left out where the vendor has nothing to ask. Never throws. */
  probe?(context: SendContext): Promise<ProbeResult>;
  close(): Promise<void>;
}

/** What receivers of a mail look up in DNS about who sends it. Domains are in lower case. */
export interface MailSenderNames {
  /** Domain of the From address, and of those of a lane that has one of its own. */
  from: { default: string } & Partial<Record<Lane, string>>;
  /** Domain that bounces come to; undefined where the vendor has one of its own. */
  returnPath: string | undefined;
  /** Who signs, and what the TXT record of `<selector>._domainkey.<domain>` has to say; empty where the vendor signs. */
  dkim: readonly { domain: string; selector: string; record: string }[];
}

/** A mailbox that bounces come to, read by IMAP (RFC 9051). */
export interface ReturnMailbox {
  host: string;
  port: number;
  secure: "tls" | "starttls" | "none";
  username: string;
  password: string;
  /** PEM, trusted instead of the system's. */
  ca?: string | undefined;
  folder: string;
  processedFolder: string;
  unreadableFolder: string;
  /** Headers by which the server says whom a mail was for. */
  recipientHeaders: readonly string[];
}

/** What a vendor's file exports. */
export interface ProviderDefinition<Settings = unknown> {
  name: string;
  channels: readonly Channel[];
  /** Settings and secrets in one object, secrets named in `secretNames`. */
  schema: z.ZodType<Settings>;
  secretNames: readonly string[];
  /** The vendor itself answers STOP, START and HELP: then we do not, unless the integration says so. */
  answersKeywords?: boolean;
  /**
   * Whether an address is one of this vendor's, where several of a channel's vendors have addresses of their own kind (tokens of
   * APNs and FCM). Pure. Left out, all are.
   */
  serves?(to: string): boolean;
  /** What stands behind an integration, where that is no vendor: this installation itself, or nobody, as nothing is delivered. */
  behind?: "ourselves" | "nobody";
  /** Of mail: under what names in DNS it goes out. Pure. */
  mailSender?(settings: Settings): MailSenderNames;
  /** Of mail: the address that DMARC reports and complaints come to; undefined where there is none. Pure. */
  reportAddress?(settings: Settings): string | undefined;
  /** Of mail: the mailbox that its bounces are fetched from; undefined where there is none. Pure. */
  returnMailbox?(settings: Settings): ReturnMailbox | undefined;
  /** Whether what becomes of messages is reported with these settings, where that is not always so. Pure. */
  reports?(settings: Settings): boolean;
  create(settings: Settings, environment: ProviderEnvironment): Provider;
  /** Verifies and normalises what the provider reports; never throws for what the request holds. */
  feedback?(
    settings: Settings,
    request: FeedbackRequest,
    on: FeedbackEnvironment,
  ): FeedbackResult | Promise<FeedbackResult>;
}

export interface FeedbackRequest {
  /** The whole URL as the vendor called it, by this server's public URL: some sign it. */
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  rawBody: Buffer;
  now: number;
}

/** What the check of a report may use of the process. */
export interface FeedbackEnvironment {
  http: OutboundHttp;
}

export type FeedbackResult =
  | {
      status: "verified";
      feedback: Feedback[];
      inbound?: InboundMessage[];
      /**
       * For signatures that do not cover the body: `key` may come again only with the same `body` (both are hashed), for as long
       * as the signature is taken: `toleranceMs` before and behind its time, 300 s where left out.
       */
      once?: { key: string; body: Buffer; toleranceMs?: number };
      /** What the vendor wants to read; our own JSON where left out. */
      answer?: { contentType: string; body: string };
    }
  | { status: "forged" }
  | { status: "malformed"; detail: string }
  /** It cannot be checked at the moment: the vendor is told to come again. */
  | { status: "unchecked"; detail: string };

/** What an integration may use of the process. */
export interface ProviderEnvironment {
  environmentId: number;
  integration: string;
  clock: import("./clock.ts").Clock;
  random: import("./random.ts").Random;
  http: OutboundHttp;
  /** The same over HTTP/2, which some vendors insist on: one connection to a vendor carries many requests at once. */
  http2: OutboundHttp;
  /** Where the vendor is to report about this integration, to which a query may be added; undefined where no public URL is set. */
  feedbackUrl: string | undefined;
  /**
   * Host to one address, by the same guard as `http`, for protocols that open sockets of their own. They connect to that
   * address only: a second look-up could answer differently.
   */
  resolve?(
    host: string,
  ): Promise<{ status: "resolved"; address: string } | { status: "refused"; code: string; detail: string }>;
  mailbox: Mailbox;
  inbox: Inbox;
  /** Keyed hash of parts, with a key of the environment: 32 hex digits. Makes tokens that only we can have made. */
  hash(...parts: string[]): string;
  /** For providers inside the process, which report without a webhook. */
  report(feedback: readonly Feedback[]): Promise<void>;
}

export interface OutboundRequest {
  method: "POST" | "PUT" | "GET" | "DELETE";
  url: string;
  headers: Record<string, string>;
  body?: string | Buffer;
  timeoutMs: number;
  /** Size of an answer that is read, where it is to be less than the client's own limit. */
  bodyBytesMax?: number;
  signal?: AbortSignal;
  trace?: RequestTrace | undefined;
}

export type OutboundResponse =
  | { status: "response"; statusCode: number; headers: Record<string, string | string[] | undefined>; body: Buffer }
  /** Nothing was sent: resolving, connecting or a guard refused. */
  | { status: "refused"; code: string; detail: string }
  /** The request may have been received. */
  | { status: "unknown"; code: string; detail: string };

/** The one guarded client for all outbound calls: private addresses refused, pinned at connect, no redirects, limits. */
export interface OutboundHttp {
  request(request: OutboundRequest): Promise<OutboundResponse>;
}

export interface MailboxEntry {
  id: string;
  messageId: string;
  at: number;
  to: string;
  content: MailboxContent;
  channel: Channel;
}

/** Of attachments, what there is to show: a list of mails must not load all their files. */
export interface MailboxContent extends Omit<RenderedContent, "attachments"> {
  attachments?: readonly { filename: string; contentType: string; bytes: number }[];
}

/** Where the sandbox keeps what it was given, sealed and bounded. */
export interface Mailbox {
  append(environmentId: number, entries: readonly MailboxEntry[]): Promise<void>;
  /** Newest first. */
  list(environmentId: number, limit: number): Promise<MailboxEntry[]>;
  find(environmentId: number, id: string): Promise<MailboxEntry | undefined>;
}
