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
  /** JSON text of a webhook's body. */
  body?: string;
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
  /** Number in E.164 form. */
  from: string;
  text: string;
  /** When it was sent, ms. */
  at: number;
}

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
  close(): Promise<void>;
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
  create(settings: Settings, environment: ProviderEnvironment): Provider;
  /** Verifies and normalises what the provider reports. */
  feedback?(settings: Settings, request: FeedbackRequest): FeedbackResult;
}

export interface FeedbackRequest {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  rawBody: Buffer;
  now: number;
}
export type FeedbackResult =
  | { status: "verified"; feedback: Feedback[]; inbound?: InboundMessage[] }
  | { status: "forged" }
  | { status: "malformed"; detail: string };

/** What an integration may use of the process. */
export interface ProviderEnvironment {
  environmentId: number;
  integration: string;
  clock: import("./clock.ts").Clock;
  random: import("./random.ts").Random;
  http: OutboundHttp;
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
  method: "POST" | "PUT" | "GET";
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
