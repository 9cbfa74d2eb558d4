import type { Finding } from "@tidings/contract/readiness";
import { fallbackUnproven, unserved, withoutFallback } from "./channel-rules.ts";
import type { ReadinessFacts, Rule } from "./facts.ts";
import { feedbackUnreachable, marketingPaused, probeFailed, unusable } from "./integration-rules.ts";
import { publicUrlMissing, sharedDomain } from "./mail-rules.ts";
import { readFailing } from "./read-rules.ts";

const rules: readonly Rule[] = [
  unusable,
  probeFailed,
  unserved,
  publicUrlMissing,
  withoutFallback,
  fallbackUnproven,
  sharedDomain,
  marketingPaused,
  feedbackUnreachable,
  readFailing,
];

/** What is wrong, by all rules: errors first. */
export function findingsOf(facts: ReadinessFacts): Finding[] {
  const all = rules.flatMap((rule) => rule(facts));
  return [...all.filter(({ severity }) => severity === "error"), ...all.filter(({ severity }) => severity !== "error")];
}
