import type { ChannelSettings, Setting } from "@tidings/contract/preferences";
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { type Choices, noChoices, type Subject, withConsent } from "./choices.ts";
import { decide, type PolicyInput } from "./decide.ts";
import { GeneratedPolicies } from "./generated.conformance.ts";

const facts = (flag = false) => ({
  data: { flag },
  recipient: { id: "anna", attributes: {} },
  messages: new Map(),
  journal: {},
  baseTime: 0,
});
const subject: Subject = { channel: "email", category: "orders", workflow: "w1", tenant: "t1" };
const input = (over: Partial<PolicyInput> = {}): PolicyInput => ({
  subject,
  class: "transactional",
  country: undefined,
  choices: noChoices,
  defaults: { tenant: undefined, category: undefined, environment: undefined },
  jurisdictions: [],
  facts: facts(),
  ...over,
});
const choosing = (preferences: Choices["preferences"]): Choices => ({ preferences, consents: [] });

/** Each place against all below it: they say the opposite. */
describe("of the places in which a setting may stand", () => {
  const off = { all: "off" } as const;
  const on = { all: "on" } as const;
  const places = [
    ["recipient_workflow", (s: ChannelSettings) => ({ choices: choosing({ workflows: { w1: s } }) })],
    ["recipient_category", (s: ChannelSettings) => ({ choices: choosing({ categories: { orders: s } }) })],
    ["recipient_tenant", (s: ChannelSettings) => ({ choices: choosing({ tenants: { t1: s } }) })],
    ["recipient_environment", (s: ChannelSettings) => ({ choices: choosing({ all: s }) })],
    ["tenant_workflow", (s: ChannelSettings) => ({ tenant: { workflows: { w1: s } } })],
    ["tenant_category", (s: ChannelSettings) => ({ tenant: { categories: { orders: s } } })],
    ["tenant_environment", (s: ChannelSettings) => ({ tenant: { all: s } })],
    ["category_default", (s: ChannelSettings) => ({ category: s })],
    ["environment_default", (s: ChannelSettings) => ({ environment: s })],
  ] as const;

  test.each(places.map(([rule], index) => [rule, index] as const))("%s decides over all that follow", (rule, index) => {
    for (const [own, other] of [
      [off, on],
      [on, off],
    ] as const) {
      const made = places.slice(index).map(([, make], below) => make(below === 0 ? own : other));
      const verdict = decide(input(laidTogether(made)));
      expect(verdict).toMatchObject({ rule, outcome: own === on ? "send" : "not_sent" });
    }
  });

  test("a named channel decides before all channels, and only for itself", () => {
    const choices = choosing({ categories: { orders: { all: "off", email: "on" } } });
    expect(decide(input({ choices }))).toEqual({ outcome: "send", rule: "recipient_category" });
    expect(decide(input({ choices, subject: { ...subject, channel: "sms" } }))).toMatchObject({ outcome: "not_sent" });
  });

  test("none: it is sent", () => {
    expect(decide(input())).toEqual({ outcome: "send", rule: "built_in_default" });
  });

  test("a choice whose condition does not hold leaves it to what follows", () => {
    const choices = choosing({
      workflows: { w1: { all: { setting: "off", if: { field: "data.flag", op: "eq", value: true } } } },
      all: { all: "weekly" },
    });
    expect(decide(input({ choices, facts: facts(true) }))).toMatchObject({ rule: "recipient_workflow" });
    expect(decide(input({ choices }))).toEqual({
      outcome: "digest",
      frequency: "weekly",
      rule: "recipient_environment",
    });
  });
});

function laidTogether(made: readonly object[]): Partial<PolicyInput> {
  const all: { choices?: Choices; tenant?: object; category?: object; environment?: object } = {};
  const preferences: Choices["preferences"] = {};
  const tenant = {};
  for (const one of made) {
    if ("choices" in one) Object.assign(preferences, (one.choices as Choices).preferences);
    else if ("tenant" in one) Object.assign(tenant, one.tenant);
    else Object.assign(all, one);
  }
  const { category, environment } = all;
  return { choices: choosing(preferences), defaults: { tenant, category, environment } };
}

describe("above all preferences", () => {
  const withdrawn = (purpose: string, at = 10) => ({ purpose, channel: null, action: "withdrawn" as const, at });
  const granted = (purpose: string, at = 10) => ({ purpose, channel: null, action: "granted" as const, at });
  const consenting = (...consents: Choices["consents"]): Choices => ({ preferences: { all: { all: "on" } }, consents });
  const reasonOf = (over: Partial<PolicyInput>) => {
    const verdict = decide(input(over));
    return verdict.outcome === "not_sent" ? verdict.reason : verdict.outcome;
  };

  test("critical is mandatory, whatever was chosen or withdrawn for its category or class", () => {
    const choices = { ...consenting(withdrawn("orders"), withdrawn("critical")), preferences: { all: { all: "off" } } };
    expect(decide(input({ class: "critical", choices: choices as Choices }))).toEqual({
      outcome: "send",
      rule: "mandatory",
    });
  });

  test("who withdraws everything gets nothing, critical or not", () => {
    const choices = consenting(withdrawn("everything"));
    for (const lane of ["critical", "transactional", "marketing"] as const)
      expect(reasonOf({ class: lane, choices })).toBe("consent_withdrawn");
  });

  test("the latest word on a category, its class or everything holds; of one moment the no", () => {
    const marketing = { class: "marketing" as const };
    expect(reasonOf({ ...marketing, choices: consenting(granted("orders", 9), withdrawn("marketing")) })).toBe(
      "consent_withdrawn",
    );
    expect(reasonOf({ ...marketing, choices: consenting(granted("orders", 11), withdrawn("marketing")) })).toBe("send");
    expect(reasonOf({ ...marketing, choices: consenting(granted("orders"), withdrawn("marketing")) })).toBe(
      "consent_withdrawn",
    );
  });

  test("the law of a country may ask for consent first; a policy overrules it", () => {
    const marketing = { class: "marketing" as const, country: "AT" };
    expect(reasonOf(marketing)).toBe("consent_missing");
    expect(reasonOf({ ...marketing, country: undefined })).toBe("send");
    expect(reasonOf({ ...marketing, country: "US" })).toBe("send");
    expect(reasonOf({ ...marketing, country: "US", subject: { ...subject, channel: "sms" } })).toBe("consent_missing");
    expect(reasonOf({ ...marketing, choices: consenting(granted("marketing")) })).toBe("send");
    const requested = { ...granted("marketing"), action: "requested" as const };
    expect(reasonOf({ ...marketing, choices: consenting(requested) })).toBe("consent_missing");
    expect(reasonOf({ country: "AT" })).toBe("send");
    const own = { countries: ["AT"], channels: ["email" as const], classes: ["marketing" as const] };
    expect(reasonOf({ ...marketing, jurisdictions: [{ ...own, rule: "opt_out" }] })).toBe("send");
  });

  test("an older entry of the ledger changes nothing, and a request takes no grant back", () => {
    const stands = withConsent([], granted("news", 10));
    expect(withConsent(stands, withdrawn("news", 9))).toBe(stands);
    expect(withConsent(stands, { ...granted("news", 12), action: "requested" })).toEqual([
      { ...granted("news", 10), requestedAt: 12 },
    ]);
    expect(withConsent(stands, withdrawn("news", 11))).toEqual([withdrawn("news", 11)]);
  });
});

test("10,000 generated sets give what a naive reading of the order of precedence gives", () => {
  const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
  const made = new GeneratedPolicies(new SeededRandom(seed));
  const outcomes = new Map<string, number>();
  for (let round = 0; round < 10_000; round += 1) {
    const flag = made.chance(0.5);
    const generated = input({
      ...made.subject(),
      choices: made.choices(true),
      country: made.pick(["AT", "US", undefined]),
      defaults: {
        tenant: {
          all: made.settings(true),
          categories: made.byKey(["orders", "marketing"], true),
          workflows: made.byKey(["w1", "w2"], true),
        },
        category: made.settings(true),
        environment: made.settings(true),
      },
      facts: facts(flag),
    });
    const verdict = decide(generated);
    const told = verdict.outcome === "not_sent" ? verdict.reason : verdict.outcome;
    outcomes.set(told, (outcomes.get(told) ?? 0) + 1);
    expect(told, `seed ${seed}, round ${round}`).toBe(naive(generated, flag));
  }
  for (const told of ["send", "digest", "opted_out", "consent_withdrawn", "consent_missing"])
    expect(outcomes.get(told) ?? 0, `seed ${seed}: ${told}`).toBeGreaterThan(100);
});

/** The order of precedence, read aloud: no table, no early end. */
function naive({ subject: s, class: lane, country, choices, defaults }: PolicyInput, flag: boolean): string {
  const said = choices.consents
    .filter(({ action }) => action !== "requested")
    .filter(({ channel }) => channel === null || channel === s.channel)
    .filter(
      ({ purpose }) =>
        purpose === "everything" || (lane !== "critical" && (purpose === s.category || purpose === lane)),
    );
  const latest = Math.max(...said.map(({ at }) => at));
  const last = said.filter(({ at }) => at === latest);
  if (last.some(({ action }) => action === "withdrawn")) return "consent_withdrawn";
  if (lane === "critical") return "send";
  const asks = lane === "marketing" && (country === "AT" || (country === "US" && s.channel === "sms"));
  if (asks && last.length === 0) return "consent_missing";
  const { preferences: p } = choices;
  const { tenant: t } = defaults;
  const inOrder = [
    p.workflows?.[s.workflow],
    p.categories?.[s.category],
    p.tenants?.[s.tenant],
    p.all,
    t?.workflows?.[s.workflow],
    t?.categories?.[s.category],
    t?.all,
    defaults.category,
    defaults.environment,
  ].flatMap((settings) => [settings?.[s.channel], settings?.all]);
  const settings: Setting[] = inOrder.flatMap((choice) =>
    choice === undefined ? [] : typeof choice === "string" ? [choice] : flag ? [choice.setting] : [],
  );
  const first = settings[0] ?? "on";
  return first === "on" ? "send" : first === "off" ? "opted_out" : "digest";
}
