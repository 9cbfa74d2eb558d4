import { z } from "zod";
import { baseUrlSchema } from "../base-url.ts";

const probability = z.number().min(0).max(1).default(0);

const span = (maxMs: number) =>
  z
    .strictObject({ min: z.number().min(0).max(maxMs).default(0), max: z.number().min(0).max(maxMs).default(0) })
    .refine(({ min, max }) => min <= max, { error: "min must not be above max" });

/** Which faults a simulated vendor makes, and what it reports. Probabilities are 0 to 1, per message and attempt. */
export const faultsSchema = z.strictObject({
  /** The same seed, message id and attempt meet the same fate. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
  latencyMs: span(600_000).prefault({}),
  refuseTransient: probability,
  refusePermanent: probability,
  /** A permanent refusal that also asks never to use the address again. */
  suppress: probability,
  /** Takes the call's messages and never answers; drawn once per call, by its first message. */
  timeoutAfterAccept: probability,
  rateLimitPerSecond: z.int().min(1).max(10_000_000).optional(),
  feedback: z
    .strictObject({
      delivered: probability,
      /** Instead of `delivered`. */
      bounced: probability,
      /** Of what was delivered. */
      opened: probability,
      /** Of what was delivered. */
      complained: probability,
      delayMs: span(86_400_000).prefault({}),
      /** Of the reports: comes twice. */
      doubled: probability,
    })
    .prefault({}),
  /** Drops what it has taken before under the same idempotency key. */
  idempotent: z.boolean().default(false),
});
export type Faults = z.infer<typeof faultsSchema>;

export const simulatorSchema = faultsSchema.extend({
  maxBatch: z.int().min(1).max(1000).default(1),
  /** A fake provider to call over HTTP; without it, everything happens inside the process. */
  baseUrl: baseUrlSchema.optional(),
  timeoutMs: z.int().min(10).max(600_000).default(30_000),
  /** Key of the signature under feedback that comes over HTTP; without it, such feedback is refused. */
  feedbackSecret: z.string().min(16).max(200).optional(),
});
export type SimulatorSettings = z.infer<typeof simulatorSchema>;
