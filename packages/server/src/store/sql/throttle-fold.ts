import { z } from "zod";
import type { ThrottleClaim } from "../../ports/store/orchestrate.ts";

/** Who got past a throttle, and when: as it is stored. */
const passedSchema = z.array(z.tuple([z.string(), z.number()]));
export type Passed = z.infer<typeof passedSchema>;

export function passedOf(text: string): Passed {
  return passedSchema.parse(JSON.parse(text));
}

/**
 * Those who are past with this claim, or undefined where it is lost. A run that is past stays so, so that a turn that runs
 * again finds it still granted.
 */
export function foldClaim(passed: Passed, { runId, limit, windowMs, now }: ThrottleClaim): Passed | undefined {
  const lately = passed.filter(([, at]) => at > now - windowMs);
  if (lately.some(([id]) => id === runId)) return lately;
  return lately.length < limit ? [...lately, [runId, now]] : undefined;
}
