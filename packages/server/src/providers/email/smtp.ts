import type {
  OutboundMessage,
  Outcome,
  ProbeResult,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { SmtpPool } from "./client/pool.ts";
import { probeServer } from "./client/probe.ts";
import { type Composer, composeEnvelope, createComposer } from "./compose.ts";
import { smtpMailSender } from "./mail-sender.ts";
import { type SmtpSettings, smtpSchema, smtpSecrets } from "./smtp-settings.ts";

class Smtp implements Provider {
  readonly maxBatch = 1;
  readonly idempotent = false;
  /** From the first look-up to the last reply: who hangs up earlier than RFC 5321 §4.5.3.2.6 has it makes duplicates. */
  readonly callTimeoutMs: number;
  readonly #composer: Composer;
  readonly #pool: SmtpPool;
  readonly #settings: SmtpSettings;
  readonly #environment: ProviderEnvironment;

  constructor(settings: SmtpSettings, environment: ProviderEnvironment) {
    const { queueTimeoutMs, finalDotTimeoutMs } = settings;
    this.callTimeoutMs = Math.min(callTimeoutMax, queueTimeoutMs + finalDotTimeoutMs + marginMs);
    this.#composer = createComposer(settings, environment);
    this.#settings = settings;
    this.#environment = environment;
    this.#pool = new SmtpPool(settings, environment);
  }

  send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    return Promise.all(batch.map((message) => this.#sendOne(message, context.timeoutMs)));
  }

  probe(context: SendContext): Promise<ProbeResult> {
    return probeServer(this.#settings, this.#environment, context);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #sendOne(message: OutboundMessage, timeoutMs: number): Promise<Outcome> {
    const made = composeEnvelope(this.#composer, message);
    const composed = made instanceof Promise ? await made : made;
    if ("status" in composed) return composed;
    const outcome = await this.#pool.send(composed.envelope, timeoutMs);
    return outcome.status === "accepted" ? { ...outcome, providerMessageId: composed.messageId } : outcome;
  }
}

/** What an integration may set as the time of a call. */
const callTimeoutMax = 660_000;
/** For the commands between the queue and the final dot. */
const marginMs = 30_000;

/** Mail over SMTP (RFC 5321) with STARTTLS or TLS and AUTH, over a pool of connections. */
export const smtp: ProviderDefinition<SmtpSettings> = {
  name: "smtp",
  channels: ["email"],
  schema: smtpSchema,
  secretNames: smtpSecrets,
  mailSender: smtpMailSender,
  reportAddress: ({ reportAddress }) => reportAddress,
  returnMailbox: ({ returnMailbox, mailboxPassword }) =>
    returnMailbox === undefined || mailboxPassword === undefined
      ? undefined
      : { ...returnMailbox, password: mailboxPassword },
  create: (settings, environment) => new Smtp(settings, environment),
};
