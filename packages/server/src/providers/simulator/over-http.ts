import { z } from "zod";
import type { OutboundMessage, Outcome, Provider, ProviderEnvironment, SendContext } from "../../ports/provider.ts";
import { failureOf } from "../http-outcomes.ts";
import type { SimulatorSettings } from "./settings.ts";

const detail = z.string().max(500).exactOptional();
const outcomeSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("accepted"), providerMessageId: z.string().max(200).exactOptional() }),
  z.object({
    status: z.literal("rejected"),
    kind: z.enum(["transient", "permanent"]),
    code: z.string().min(1).max(100),
    detail,
    retryAfterMs: z.number().min(0).max(86_400_000).exactOptional(),
    suppress: z.boolean().exactOptional(),
  }),
  z.object({ status: z.literal("unknown"), code: z.string().min(1).max(100), detail }),
]);
const answerSchema = z.object({ outcomes: z.array(outcomeSchema).max(1000) });

const malformed: Outcome = { status: "unknown", code: "malformed_answer", detail: "not one outcome per message" };

/** The simulated vendor as a server of its own, called as any vendor over HTTP is: `POST /send`. */
export class HttpSimulator implements Provider {
  readonly maxBatch: number;
  readonly idempotent: boolean;
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #environment: ProviderEnvironment;

  constructor(settings: SimulatorSettings, baseUrl: string, environment: ProviderEnvironment) {
    this.maxBatch = settings.maxBatch;
    this.idempotent = settings.idempotent;
    this.#url = `${baseUrl.replace(/\/+$/, "")}/send`;
    this.#timeoutMs = settings.timeoutMs;
    this.#environment = environment;
  }

  async send(batch: readonly OutboundMessage[], context: SendContext): Promise<Outcome[]> {
    // `id` and `attempt` lead each message: the fake provider finds them without parsing the content
    const messages = batch.map(({ id, attempt, channel, lane, to, content }) => ({
      id,
      attempt,
      channel,
      lane,
      to,
      ...content,
    }));
    const response = await this.#environment.http.request({
      method: "POST",
      url: this.#url,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ callId: context.callId, messages }),
      timeoutMs: Math.min(this.#timeoutMs, context.timeoutMs),
      trace: context.trace,
    });
    const failure = failureOf(response, this.#environment.clock.now());
    if (failure !== undefined) return batch.map(() => failure);
    const outcomes = response.status === "response" ? parseAnswer(response.body) : undefined;
    return outcomes?.length === batch.length ? outcomes : batch.map(() => malformed);
  }

  async close(): Promise<void> {}
}

function parseAnswer(body: Buffer): Outcome[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  return answerSchema.safeParse(json).data?.outcomes;
}
