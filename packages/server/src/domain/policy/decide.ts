import type { Jurisdiction } from "@tidings/contract/policies";
import type { Setting } from "@tidings/contract/preferences";
import type { Lane } from "@tidings/contract/words";
import { holds } from "../condition.ts";
import type { StepFacts } from "../steps/step-kind.ts";
import type { Choices, Subject } from "./choices.ts";
import { consentFor, isConfirmed } from "./consent.ts";
import { jurisdictionFor } from "./jurisdictions.ts";
import { type PreferenceRule, preferenceFor, type Sources } from "./precedence.ts";

/** What made a decision: a place in the order of precedence, or one of what stands above it. */
export type PolicyRule = PreferenceRule | "consent" | "mandatory" | "jurisdiction";

export type Verdict =
  | { outcome: "send"; rule: PolicyRule }
  | { outcome: "digest"; rule: PolicyRule; frequency: "hourly" | "daily" | "weekly" }
  | {
      outcome: "not_sent";
      rule: PolicyRule;
      reason: "consent_withdrawn" | "consent_missing" | "consent_unconfirmed" | "opted_out";
    };

/** All that a verdict is made of. */
export interface PolicyInput {
  subject: Subject;
  class: Lane;
  country: string | undefined;
  choices: Choices;
  defaults: Omit<Sources, "recipient">;
  jurisdictions: readonly Jurisdiction[];
  /** What conditions of preferences read. */
  facts: StepFacts;
}

/**
 * Whether a message goes out, and why. By precedence: a legal opt-out, what is mandatory (exactly the class critical), an
 * opt-in that the law asks for, the recipient's choice, the defaults of tenant, category and environment. Suppressions are
 * of addresses, and are asked by the statement that starts an attempt.
 */
export function decide(input: PolicyInput): Verdict {
  const { subject, choices, facts } = input;
  const stands = choices.consents;
  const asked = { channel: subject.channel, category: subject.category, class: input.class };
  const consent = stands.length === 0 ? undefined : consentFor(stands, asked);
  if (consent?.action === "withdrawn") return { outcome: "not_sent", rule: "consent", reason: "consent_withdrawn" };
  if (input.class === "critical") return { outcome: "send", rule: "mandatory" };
  const law = jurisdictionFor(input.jurisdictions, { ...asked, country: input.country });
  if (law?.rule === "opt_in") {
    if (consent?.action !== "granted") return { outcome: "not_sent", rule: "jurisdiction", reason: "consent_missing" };
    if (law.doubleOptIn === true && !isConfirmed(stands, asked))
      return { outcome: "not_sent", rule: "jurisdiction", reason: "consent_unconfirmed" };
  }
  const sources: Sources = { recipient: choices.preferences, ...input.defaults };
  const { setting, rule } = preferenceFor(sources, subject, (choice) => holds(choice.if, facts));
  return verdictOf(setting, rule);
}

function verdictOf(setting: Setting, rule: PolicyRule): Verdict {
  if (setting === "on") return { outcome: "send", rule };
  if (setting === "off") return { outcome: "not_sent", rule, reason: "opted_out" };
  return { outcome: "digest", rule, frequency: setting };
}
