import { z } from "zod";
import { feedbackKinds } from "../domain/feedback.ts";
import { SystemClock } from "../lib/system-clock.ts";
import { Feedback } from "../pipeline/feedback/feedback.ts";
import type { Feedback as Report } from "../ports/provider.ts";
import type { NewMessage } from "../ports/store/orchestrate.ts";
import { readFeedback, signatureHeader, signFeedback, timestampHeader } from "../providers/simulator/feedback.ts";
import { Corner } from "../store/conformance/corner.conformance.ts";
import type { MessageFields } from "../store/conformance/rows.conformance.ts";
import { type Answer, type ApiBench, apiBench } from "./bench.conformance.ts";

export const secret = "a secret of sixteen or more";
/** Header with the single-use key of a report to `unsigned`, whose signature is taken for so long before and behind. */
export const onceHeader = "x-once";
export const onceToleranceMs = 500;
export const environmentId = 1;

const bodySchema = z.object({
  feedback: z.array(z.object({ messageId: z.string(), kind: z.enum(feedbackKinds), at: z.number() })),
});

/** The API with the real feedback stage: `vendor` signs as the simulator does, `unsigned` has keys in place of it. */
export class FeedbackBench {
  readonly bench: ApiBench;
  readonly corner: Corner;

  private constructor(bench: ApiBench) {
    this.bench = bench;
    this.corner = new Corner(bench.store, Date.now() - 86_400_000, environmentId, 2);
  }

  static async open(): Promise<FeedbackBench> {
    const stages: Feedback[] = [];
    const bench = await apiBench(() => ({
      feedback: { report: async (...call) => stages[0]?.report(...call) ?? 0 },
      verifyFeedback: async (_environmentId, integration, request) => {
        if (integration === "vendor") return readFeedback(secret, request);
        const key = String(request.headers[onceHeader]);
        const once = { key, body: request.rawBody, toleranceMs: onceToleranceMs };
        return { status: "verified", ...bodySchema.parse(JSON.parse(request.rawBody.toString())), once };
      },
    }));
    const limits = { batchMax: 1000, waitingMax: 10_000, retryAfterSeconds: 1 };
    stages.push(new Feedback({ store: bench.store, clock: new SystemClock(), softBounces: () => undefined, limits }));
    return new FeedbackBench(bench);
  }

  /** A message that the vendor took. */
  async sent(over: MessageFields = {}): Promise<NewMessage> {
    const message = await this.corner.sending(over);
    await this.corner.record(message);
    return message;
  }

  post(integration: string, raw: string, headers: Record<string, string>): Promise<Answer> {
    return this.bench.call(`/v1/feedback/${integration}`, { key: null, method: "POST", raw, headers });
  }

  /** Signed by the vendor. */
  tell(...feedback: Report[]): Promise<Answer> {
    const body = JSON.stringify({ feedback });
    return this.post("vendor", body, signed(body));
  }
}

export function signed(body: string, over: { key?: string; seconds?: number } = {}): Record<string, string> {
  const timestamp = String(over.seconds ?? Math.floor(Date.now() / 1000));
  return { [timestampHeader]: timestamp, [signatureHeader]: signFeedback(over.key ?? secret, timestamp, body) };
}
