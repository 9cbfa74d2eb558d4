import { textAt, valueAt } from "../../domain/json-path.ts";
import type {
  OutboundMessage,
  OutboundResponse,
  Outcome,
  ProbeResult,
  Provider,
  ProviderDefinition,
  ProviderEnvironment,
  SendContext,
} from "../../ports/provider.ts";
import { allChannels } from "../all-channels.ts";
import { malformedAnswer, parsedJson } from "../vendor-outcome.ts";
import type { Facts } from "./facts.ts";
import { entryOutcome, outcomeOf } from "./outcomes.ts";
import { type MadeRequest, probeRequest, requestFor } from "./requests.ts";
import { type Settings, settingsSchema } from "./settings.ts";
import { readWebhook } from "./webhook.ts";

/** A vendor that is described by settings alone. */
class GenericHttp implements Provider {
  readonly maxBatch: number;
  readonly idempotent: boolean;
  readonly #settings: Settings;
  readonly #environment: ProviderEnvironment;

  constructor(settings: Settings, environment: ProviderEnvironment) {
    this.maxBatch = settings.batch?.max ?? 1;
    this.idempotent = settings.idempotent;
    this.#settings = settings;
    this.#environment = environment;
  }

  async send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    if (this.#settings.batch === undefined) return Promise.all(batch.map((message) => this.#sendOne(message, context)));
    const outcomes = await this.#sendAll(batch, context);
    const [first] = outcomes;
    // One message may have had all refused: each for itself shows which.
    if (batch.length === 1 || first === undefined || !outcomes.every((one) => isOfMessages(one))) return outcomes;
    return (await Promise.all(batch.map((message) => this.#sendAll([message], context)))).flat();
  }

  async probe({ callId, timeoutMs, trace }: SendContext): Promise<ProbeResult> {
    const made = probeRequest(this.#settings, this.#facts(undefined, callId));
    if (made === undefined) return { status: "unchecked", detail: "the settings have no probe" };
    if ("fault" in made) return { status: "failed", code: "probe_invalid", detail: made.fault };
    const response = await this.#environment.http.request({ ...made, timeoutMs, trace });
    const outcome = outcomeOf(this.#settings.answer, response, this.#environment.clock.now(), "entries");
    if (outcome.status === "accepted") return { status: "ok" };
    return { status: "failed", code: outcome.code, detail: outcome.detail ?? "" };
  }

  async close(): Promise<void> {}

  async #sendOne(message: OutboundMessage, context: SendContext): Promise<Outcome> {
    const made = requestFor(this.#settings, this.#facts(message, context.callId), []);
    if ("fault" in made) return contentInvalid(made.fault);
    const response = await this.#request(made, context);
    return outcomeOf(this.#settings.answer, response, this.#environment.clock.now(), undefined);
  }

  async #sendAll(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    const items = batch.map((message) => this.#facts(message, context.callId));
    const made = requestFor(this.#settings, this.#facts(undefined, context.callId), items);
    if ("fault" in made) return batch.map(() => contentInvalid(made.fault));
    const response = await this.#request(made, context);
    const { answer, batch: { results } = {} } = this.#settings;
    const told = results === undefined ? undefined : "entries";
    const whole = outcomeOf(answer, response, this.#environment.clock.now(), told);
    if (whole.status !== "accepted" || results === undefined || response.status !== "response")
      return batch.map(() => whole);
    const { statusCode, body } = response;
    const entries = entriesOf(batch, valueAt(parsedJson(body), results.path), results.message);
    return entries.map((entry) =>
      entry === undefined ? malformedAnswer : entryOutcome(answer, statusCode, entry, results),
    );
  }

  #facts(message: OutboundMessage | undefined, callId: string): Facts {
    const { feedbackUrl, clock } = this.#environment;
    return { message, callId, feedbackUrl, now: clock.now() };
  }

  #request(made: MadeRequest, { timeoutMs, trace }: SendContext): Promise<OutboundResponse> {
    return this.#environment.http.request({ ...made, timeoutMs, trace });
  }
}

const contentInvalid = (detail: string): Outcome => ({
  status: "rejected",
  kind: "permanent",
  code: "content_invalid",
  detail,
});

/** A refusal for what is in the messages, and not for whose they are or when they came. */
const isOfMessages = (outcome: Outcome): boolean =>
  outcome.status === "rejected" &&
  (outcome.kind === "permanent" || outcome.unlisted === true) &&
  (outcome.scope === undefined || outcome.scope === "message");

/** Each message's entry of a list of results: by its id where that stands there, else by its place. */
function entriesOf(batch: readonly OutboundMessage[], list: unknown, idPath: string | undefined): unknown[] {
  if (!Array.isArray(list)) return batch.map(() => undefined);
  if (idPath === undefined) return list.length === batch.length ? list : batch.map(() => undefined);
  const byId = new Map(list.map((entry: unknown) => [textAt(entry, idPath, 200), entry]));
  return batch.map(({ id }) => byId.get(id));
}

/** Any vendor with an HTTP API, described as data: no code of anybody's is run. */
export const genericHttp: ProviderDefinition<Settings> = {
  name: "http",
  channels: allChannels,
  schema: settingsSchema,
  secretNames: ["secret", "webhookSecret"],
  create: (settings, environment) => new GenericHttp(settings, environment),
  reports: ({ webhook }) => webhook !== undefined,
  feedback: ({ webhook, webhookSecret }, request) => readWebhook(webhook, webhookSecret, request),
};
