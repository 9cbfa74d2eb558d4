import { createHash } from "node:crypto";
import type { CategoryDigest, Frequency } from "@tidings/contract/category-digest";
import { frequencySchema } from "@tidings/contract/category-digest";
import type { DigestWindow } from "@tidings/contract/digest-step";
import { channelSchema } from "@tidings/contract/words";
import { z } from "zod";
import { canonicalJson } from "../canonical-json.ts";

/** What one digest of a recipient gathers of a category, whichever workflows it comes from. */
export const digestScopeSchema = z.object({
  category: z.string(),
  channel: channelSchema,
  frequency: frequencySchema,
});
export type DigestScope = z.infer<typeof digestScopeSchema>;

/** The step under which a template reads what was gathered. */
export const digestStepName = "digest";

/** What is gathered together; `tenant` is empty for none. */
export function preferenceKey(scope: DigestScope, recipient: string, tenant: string): string {
  const { category, channel, frequency } = scope;
  return createHash("sha256")
    .update(canonicalJson(["category", category, channel, frequency, tenant, recipient]))
    .digest("hex")
    .slice(0, 32);
}

/** When digests of a frequency close, by the recipient's clock. */
export function windowOf(frequency: Frequency, { time, weekday }: CategoryDigest): DigestWindow {
  if (frequency === "hourly") return { kind: "calendar", every: "hour" };
  if (frequency === "daily") return { kind: "calendar", every: "day", time };
  return { kind: "calendar", every: "week", time, weekday };
}
