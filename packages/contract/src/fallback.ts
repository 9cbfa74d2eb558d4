import { z } from "zod";

/**
 * What a message has come to that a fallback is for. `failed`: a provider refused it for good, or it is in the dead-letter queue.
 * `bounced`: the address takes nothing, now or since an earlier message. `undelivered`: nobody has said within `afterSeconds` that it
 * arrived. `unknown`: nobody knows whether a provider has it. `no_address`: the recipient has none on the channel.
 */
export const fallbackCauses = ["failed", "bounced", "undelivered", "unknown", "no_address"] as const;
export type FallbackCause = (typeof fallbackCauses)[number];

/** Where `on` is left out. A message of which nothing is known may have arrived: telling twice has to be asked for. */
export const defaultFallbackCauses: readonly FallbackCause[] = ["failed", "bounced", "no_address"];
/** How long the messages are watched where `withinSeconds` is left out. */
export const defaultWithinSeconds = 86_400;
/** A fallback so long after its message tells nobody anything. */
const withinMaxSeconds = 7 * 86_400;

/** When a fallback goes out. */
export const fallbackTermsFields = {
  on: z.array(z.enum(fallbackCauses)).min(1).max(fallbackCauses.length).optional(),
  /** How long a message may take from when it was to go out, s; with it `undelivered` is among the causes. */
  afterSeconds: z.int().min(1).max(withinMaxSeconds).optional(),
  /** What a message comes to later than so long after it was to go out, s, is left as it is. A day where left out. */
  withinSeconds: z.int().min(60).max(withinMaxSeconds).optional(),
};

const termsSchema = z.strictObject(fallbackTermsFields);
export type FallbackTerms = z.infer<typeof termsSchema>;

const isTimed = ({ on, afterSeconds }: FallbackTerms) =>
  on?.includes("undelivered") !== true || afterSeconds !== undefined;

export const fallbackTermsRule: [(terms: FallbackTerms) => boolean, { error: string; path: string[] }] = [
  isTimed,
  { error: "is needed where `on` has `undelivered`", path: ["afterSeconds"] },
];
