import { isTlsFailure } from "../../lib/outbound-faults.ts";
import type {
  OutboundMessage,
  Outcome,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { createPool, type Progress, progressOf } from "./smtp-pool.ts";
import { refusalOf } from "./smtp-refusals.ts";
import { isMailAddress, type Mailbox, parseMailbox, type SmtpSettings, smtpSchema } from "./smtp-settings.ts";

const headerControl = /[\u0000-\u001f\u007f\u2028\u2029]/;

const refuse = (code: string, detail: string): Outcome => ({ status: "rejected", kind: "permanent", code, detail });

class Smtp implements Provider {
  readonly maxBatch = 1;
  readonly idempotent = false;
  readonly #environment: ProviderEnvironment;
  readonly #from: Mailbox;
  readonly #replyTo: Mailbox | undefined;
  readonly #transport: ReturnType<typeof createPool>;
  #closed = false;

  constructor(settings: SmtpSettings, environment: ProviderEnvironment) {
    const from = parseMailbox(settings.from);
    if (from === undefined) throw new Error("the sender was not validated");
    this.#from = from;
    this.#replyTo = settings.replyTo === undefined ? undefined : parseMailbox(settings.replyTo);
    this.#environment = environment;
    this.#transport = createPool(settings, environment);
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    return Promise.all(batch.map((message) => this.#sendOne(message, context.signal)));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#transport.close();
  }

  async #sendOne(message: OutboundMessage, signal: AbortSignal): Promise<Outcome> {
    const { subject = "", text, html } = message.content;
    if (!isMailAddress(message.to)) return refuse("address_invalid", "not a mail address");
    if (headerControl.test(subject)) return refuse("content_invalid", "control characters in the subject");
    if (text === undefined && html === undefined) return refuse("content_invalid", "neither text nor html");
    if (text?.includes("\0") === true || html?.includes("\0") === true)
      return refuse("content_invalid", "NUL in the body");
    const progress: Progress = { maybeTaken: false };
    try {
      const mail = this.#mail(message, subject);
      progressOf.set(mail.envelope, progress);
      const info = await this.#transport.sendMail({ ...mail, signal });
      return { status: "accepted", providerMessageId: info.messageId };
    } catch (error) {
      return refusalOf({ ...failureFields(error), maybeTaken: progress.maybeTaken });
    }
  }

  #mail(message: OutboundMessage, subject: string) {
    const { text, html } = message.content;
    const domain = this.#from.address.slice(this.#from.address.lastIndexOf("@") + 1);
    return {
      // the same for every attempt: receivers drop the second copy of an attempt whose end we did not see
      messageId: `<${message.id}@${domain}>`,
      date: new Date(this.#environment.clock.now()),
      from: this.#from,
      to: { name: "", address: message.to },
      envelope: { from: this.#from.address, to: [message.to] },
      subject,
      ...(this.#replyTo === undefined ? {} : { replyTo: this.#replyTo }),
      ...(text === undefined ? {} : { text }),
      ...(html === undefined ? {} : { html }),
      // RFC 3834 §5: no out-of-office answers to notifications
      headers: { "Auto-Submitted": "auto-generated" },
      disableFileAccess: true,
      disableUrlAccess: true,
    };
  }
}

function failureFields(error: unknown): { reply: string | undefined; command: string; cause: string } {
  const field = (name: string): string | undefined => {
    const value: unknown = typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
    return typeof value === "string" ? value : undefined;
  };
  const cause = isTlsFailure(field("originalCode") ?? "") ? "ETLS" : (field("code") ?? "");
  return { reply: field("response"), command: field("command") ?? "", cause };
}

/** Mail over SMTP (RFC 5321) with STARTTLS or TLS and AUTH, over a pool of connections. */
export const smtp: ProviderDefinition<SmtpSettings> = {
  name: "smtp",
  channels: ["email"],
  schema: smtpSchema,
  secretNames: ["password"],
  create: (settings, environment) => new Smtp(settings, environment),
};
