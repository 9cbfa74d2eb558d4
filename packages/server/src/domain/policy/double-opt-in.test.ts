import { expect, test } from "vitest";
import { type ConsentStand, isPending, noChoices, withConsent } from "./choices.ts";
import { decide } from "./decide.ts";

type Word = Pick<ConsentStand, "action" | "at"> & Partial<ConsentStand>;

const said = (...words: readonly Word[]): readonly ConsentStand[] =>
  words.reduce<readonly ConsentStand[]>(
    (stands, word) => withConsent(stands, { purpose: "news", channel: "email", ...word }),
    [],
  );

/** What becomes of marketing mail to somebody of the country. */
function reasonOf(country: string, consents: readonly ConsentStand[], doubleOptIn?: boolean): string {
  const rule = { countries: [country], channels: ["email" as const], classes: ["marketing" as const] };
  const verdict = decide({
    subject: { channel: "email", category: "news", workflow: "", tenant: "" },
    class: "marketing",
    country,
    choices: { ...noChoices, consents },
    defaults: { tenant: undefined, category: undefined, environment: undefined },
    jurisdictions: doubleOptIn === undefined ? [] : [{ ...rule, rule: "opt_in", doubleOptIn }],
    facts: { data: {}, recipient: { id: "anna", attributes: {} }, messages: new Map(), journal: {}, baseTime: 0 },
  });
  return verdict.outcome === "not_sent" ? verdict.reason : verdict.outcome;
}

const requested = (at: number): Word => ({ action: "requested", at });
const granted = (at: number): Word => ({ action: "granted", at });
const confirmed = (at: number): Word => ({ action: "granted", at, confirmed: true });
const withdrawn = (at: number): Word => ({ action: "withdrawn", at });

test.each<[string, readonly Word[], string, string]>([
  ["nothing", [], "consent_missing", "consent_missing"],
  ["a request", [requested(1)], "consent_missing", "consent_missing"],
  ["a grant", [granted(1)], "consent_unconfirmed", "send"],
  ["a grant, and a request behind it", [granted(1), requested(2)], "consent_unconfirmed", "send"],
  ["a request that was confirmed", [requested(1), confirmed(2)], "send", "send"],
  ["a grant that was confirmed, and granted again", [confirmed(1), granted(2)], "send", "send"],
  ["what was confirmed and withdrawn", [confirmed(1), withdrawn(2)], "consent_withdrawn", "consent_withdrawn"],
  ["what was withdrawn, and granted anew", [confirmed(1), withdrawn(2), granted(3)], "consent_unconfirmed", "send"],
  ["what was withdrawn, and requested anew", [withdrawn(1), requested(2)], "consent_withdrawn", "consent_withdrawn"],
])("%s counts as the law of the country asks", (_, words, strict, plain) => {
  expect(reasonOf("XX", said(...words), true)).toBe(strict);
  expect(reasonOf("XX", said(...words), false)).toBe(plain);
  expect(reasonOf("DE", said(...words))).toBe(strict);
  expect(reasonOf("FR", said(...words))).toBe(plain);
});

test("a request behind a withdrawal takes nothing of it back, where no law asks for consent either", () => {
  expect(reasonOf("US", said(withdrawn(1), requested(2)))).toBe("consent_withdrawn");
  expect(reasonOf("US", said(requested(1)))).toBe("send");
});

test.each<[string, readonly Word[], boolean]>([
  ["a request", [requested(1)], true],
  ["a request behind a grant", [granted(1), requested(2)], true],
  ["a request behind a withdrawal", [withdrawn(1), requested(2)], true],
  ["a request before a withdrawal", [requested(1), withdrawn(2)], false],
  ["a request behind a withdrawal that was told later", [requested(2), withdrawn(1)], true],
  ["a request that was confirmed", [requested(1), confirmed(2)], false],
  ["a request for what is confirmed", [confirmed(1), requested(2)], false],
  ["no request", [granted(1)], false],
])("%s waits for its link: %s", (_, words, pending) => {
  expect(said(...words).some(isPending)).toBe(pending);
});
