import type { IntegrationBody } from "@tidings/contract/integrations";
import type { Lane } from "@tidings/contract/words";
import type { WorkerRead } from "@tidings/contract/workers";
import type { Step } from "@tidings/contract/workflows";
import { describe, expect, test } from "vitest";
import type { ProbeStand } from "../probe.ts";
import { channelUses } from "./channel-uses.ts";
import type { ChannelUse, IntegrationFacts, ReadinessFacts } from "./facts.ts";
import { findingsOf } from "./findings.ts";

const now = Date.UTC(2026, 10, 30);
const dayMs = 86_400_000;
const ok: ProbeStand = { status: "ok", code: "", detail: "", at: now, goodAt: now };
const failed: ProbeStand = { status: "failed", code: "401", detail: "to AUTH", at: now, goodAt: null };
const unchecked: ProbeStand = { status: "unchecked", code: "", detail: "", at: now, goodAt: null };

type Facts = Partial<Omit<IntegrationFacts, "domainOf" | "document">> & {
  document?: Partial<IntegrationBody>;
  from?: Partial<Record<Lane, string>>;
};

/** An integration that is well, unless said otherwise; `priority` of the document is its place in the list. */
function integration(key: string, { document, from = {}, ...over }: Facts = {}): IntegrationFacts {
  return {
    key,
    document: { channel: "email", provider: "acme", ...document },
    behind: "vendor",
    isUsable: true,
    isAlone: false,
    marketingPaused: undefined,
    reports: false,
    domainOf: (lane) => from[lane],
    stand: ok,
    goodAt: now,
    ...over,
  };
}

const use = (channel: ChannelUse["channel"], lane: Lane): ChannelUse => ({ channel, lane });
const critical = use("email", "critical");
const marketing = use("email", "marketing");
const sandbox = integration("box", {
  behind: "nobody",
  document: { provider: "sandbox" },
  stand: undefined,
  goodAt: undefined,
  reports: true,
});
const same = { critical: "acme.test", transactional: "acme.test", marketing: "acme.test" };
const apart = { critical: "acme.test", transactional: "acme.test", marketing: "news.acme.test" };

type Case = [string, Partial<ReadinessFacts>, string[]];

function told(facts: Partial<ReadinessFacts>): string[] {
  const found = findingsOf({ now, integrations: [], uses: [], reads: [], publicUrl: "https://n.test", ...facts });
  return found.map(({ severity, code, integration: key = "", channel = "" }) =>
    `${severity} ${code} ${key} ${channel}`.replaceAll(/ +/g, " ").trim(),
  );
}

describe("findings on integrations", () => {
  test.each<Case>([
    ["none where all is well", { integrations: [integration("a")] }, []],
    [
      "one that cannot be made",
      { integrations: [integration("a", { isUsable: false, stand: undefined })] },
      ["error integration_unusable a email"],
    ],
    [
      "one that failed, and is not told of twice where it cannot be made either",
      { integrations: [integration("a", { stand: failed }), integration("b", { isUsable: false, stand: failed })] },
      ["error integration_unusable b email", "error probe_failed a email"],
    ],
    [
      "none of what is disabled",
      {
        integrations: [
          integration("a", { stand: failed, document: { enabled: false } }),
          integration("b", { isUsable: false, document: { enabled: false } }),
        ],
      },
      [],
    ],
    [
      "none of what nobody is behind",
      { integrations: [{ ...sandbox, stand: failed, isUsable: false }], publicUrl: undefined },
      [],
    ],
    [
      "none where there is nothing to ask, or nobody has",
      {
        integrations: [
          integration("a", { stand: unchecked, goodAt: undefined }),
          integration("b", { stand: undefined, goodAt: undefined }),
        ],
      },
      [],
    ],
    [
      "marketing that is paused, by what is in use",
      {
        integrations: [
          integration("a", { marketingPaused: "12 complaints" }),
          integration("b", { marketingPaused: "", document: { enabled: false } }),
          { ...sandbox, marketingPaused: "" },
        ],
      },
      ["warning marketing_paused a email"],
    ],
    [
      "vendors that report to nowhere",
      {
        integrations: [
          integration("a", { reports: true }),
          integration("b"),
          integration("c", { reports: true, document: { enabled: false } }),
        ],
        publicUrl: undefined,
      },
      ["warning feedback_unreachable a email"],
    ],
    [
      "vendors that report somewhere",
      { integrations: [integration("a", { reports: true })], publicUrl: "http://n.test" },
      [],
    ],
  ])("%s", (_, facts, expected) => expect(told(facts)).toEqual(expected));
});

describe("findings on channels of critical messages", () => {
  const week = now - 7 * dayMs;
  const two = (over: Facts) => [integration("a"), integration("b", over)];
  test.each<Case>([
    [
      "none where nothing critical goes by it",
      { integrations: [], uses: [use("sms", "transactional"), marketing] },
      [],
    ],
    [
      "nothing carries them",
      { integrations: [integration("a", { document: { channel: "sms" } })], uses: [critical] },
      ["error channel_unserved email"],
    ],
    [
      "what there is serves other lanes",
      { integrations: [integration("a", { document: { lanes: ["marketing"] } })], uses: [critical] },
      ["error channel_unserved email"],
    ],
    [
      "what there is is disabled",
      { integrations: [integration("a", { document: { enabled: false } })], uses: [critical] },
      ["error channel_unserved email"],
    ],
    [
      "what there is cannot be made",
      { integrations: [integration("a", { isUsable: false })], uses: [critical] },
      ["error integration_unusable a email", "error channel_unserved email"],
    ],
    [
      "one alone carries them",
      { integrations: [integration("a")], uses: [critical] },
      ["warning channel_without_fallback a email"],
    ],
    [
      "a second one that is disabled does not count",
      { integrations: two({ document: { enabled: false } }), uses: [critical] },
      ["warning channel_without_fallback a email"],
    ],
    [
      "nor does the sandbox beside it",
      { integrations: [integration("a"), sandbox], uses: [critical] },
      ["warning channel_without_fallback a email"],
    ],
    ["the sandbox alone is where things are tried out", { integrations: [sandbox], uses: [critical] }, []],
    [
      "nobody stands in for ourselves",
      {
        integrations: [integration("a", { behind: "ourselves", document: { channel: "in_app" } })],
        uses: [use("in_app", "critical")],
      },
      [],
    ],
    [
      "nor for the one vendor of its addresses",
      { integrations: [integration("a", { isAlone: true })], uses: [critical] },
      [],
    ],
    ["two of which both are proven", { integrations: two({ goodAt: week }), uses: [critical] }, []],
    [
      "a fallback that was good too long ago",
      { integrations: two({ goodAt: week - 1 }), uses: [critical] },
      ["warning fallback_unproven b email"],
    ],
    [
      "a fallback that never was",
      { integrations: two({ goodAt: undefined, stand: unchecked }), uses: [critical] },
      ["warning fallback_unproven b email"],
    ],
    [
      "a fallback that nobody asked",
      { integrations: two({ goodAt: undefined, stand: undefined }), uses: [critical] },
      ["warning fallback_unproven b email"],
    ],
    [
      "the first one is no fallback",
      { integrations: [integration("a", { goodAt: undefined, stand: unchecked }), integration("b")], uses: [critical] },
      [],
    ],
    [
      "which one is first is a matter of priority",
      { integrations: two({ goodAt: undefined, document: { priority: 1 } }), uses: [critical] },
      [],
    ],
    [
      "a fallback that failed is told of once",
      { integrations: two({ goodAt: undefined, stand: failed }), uses: [critical] },
      ["error probe_failed b email"],
    ],
    [
      "each channel by itself",
      { integrations: [integration("a")], uses: [use("sms", "critical"), critical] },
      ["error channel_unserved sms", "warning channel_without_fallback a email"],
    ],
  ])("%s", (_, facts, expected) => expect(told(facts)).toEqual(expected));

  test("say what to do in words", () => {
    const [probe, fallback] = findingsOf({
      now,
      integrations: [integration("a", { stand: failed }), integration("b", { goodAt: week - dayMs })],
      uses: [critical],
      reads: [],
      publicUrl: undefined,
    });
    expect(probe?.text).toBe("a does not work (401: to AUTH), as asked at 2026-11-30T00:00:00.000Z");
    expect(fallback?.text).toBe(
      "b takes over critical messages on email, and was last known to work at 2026-11-22T00:00:00.000Z: probe it",
    );
  });
});

describe("findings on what is read from elsewhere", () => {
  const read = (kind: WorkerRead["kind"], code?: string): WorkerRead => {
    const since = "2026-11-30T00:00:00.000Z";
    return { kind, key: "orders", state: code === undefined ? "read" : "failing", code, since };
  };

  test.each<Case>([
    ["none where all is read", { reads: [read("source"), read("mailbox")] }, []],
    ["a source that cannot be read", { reads: [read("source", "ECONNREFUSED")] }, ["error source_failing"]],
    ["a mailbox of bounces", { reads: [read("mailbox", "ETIMEDOUT")] }, ["error mailbox_failing orders email"]],
    [
      "one that several processes cannot read, once",
      { reads: [read("source", "ECONNREFUSED"), read("source"), read("source", "ETIMEDOUT")] },
      ["error source_failing"],
    ],
  ])("%s", (_, facts, expected) => expect(told(facts)).toEqual(expected));

  test("say why and since when", () => {
    const facts = { now, integrations: [], uses: [], reads: [read("source", "ECONNREFUSED")], publicUrl: undefined };
    expect(findingsOf(facts)[0]).toMatchObject({
      source: "orders",
      text: "source orders cannot be read (ECONNREFUSED) since 2026-11-30T00:00:00.000Z",
    });
  });
});

describe("findings on marketing mail", () => {
  const uses = [marketing];
  test.each<Case>([
    [
      "from the domain of other mail",
      { integrations: [integration("a", { from: same })], uses },
      ["warning marketing_shares_domain a email"],
    ],
    [
      "from the domain of other mail, by an integration of its own",
      {
        integrations: [
          integration("a", { from: same, document: { lanes: ["critical"] } }),
          integration("b", { from: { marketing: "acme.test" }, document: { lanes: ["marketing"] } }),
        ],
        uses,
      },
      ["warning marketing_shares_domain b email"],
    ],
    ["from a domain of its own", { integrations: [integration("a", { from: apart })], uses }, []],
    [
      "that nobody sends",
      {
        integrations: [integration("a", { from: same })],
        uses: [critical, use("sms", "marketing")],
        publicUrl: undefined,
      },
      ["warning channel_without_fallback a email"],
    ],
    [
      "beside which nothing else is served",
      { integrations: [integration("a", { from: same, document: { lanes: ["marketing"] } })], uses },
      [],
    ],
    [
      "where the other integration is disabled",
      {
        integrations: [
          integration("a", { from: apart }),
          integration("b", { from: { transactional: "news.acme.test" }, document: { enabled: false } }),
        ],
        uses,
      },
      [],
    ],
    ["from a domain that is not known", { integrations: [integration("a")], uses }, []],
    [
      "without a public URL",
      { integrations: [integration("a")], uses, publicUrl: undefined },
      ["error public_url_missing email"],
    ],
    [
      "with a public URL that is not https",
      { integrations: [integration("a")], uses, publicUrl: "http://n.test" },
      ["error public_url_missing email"],
    ],
    ["that the sandbox alone keeps", { integrations: [sandbox], uses, publicUrl: undefined }, []],
  ])("%s", (_, facts, expected) => expect(told(facts)).toEqual(expected));
});

test("channels are used by the steps that send, those of branches and choices too, in the lane of the category", () => {
  const laneOf = (category: string): Lane => (category === "security" ? "critical" : "marketing");
  const mail: Step = { id: "m", type: "channel", channel: "email", template: "t" };
  const either: Step = { id: "e", type: "first_of", channels: ["push", "sms"], template: "t" };
  const branch: Step = {
    id: "c",
    type: "condition",
    if: { field: "data.x", op: "eq", value: 1 },
    // biome-ignore lint/suspicious/noThenProperty: the field's own name
    then: [{ id: "d", type: "delay", seconds: 5 }],
    else: [either],
  };
  const security = { category: "security", steps: [mail, branch, { ...mail, id: "m2" }] };
  expect(channelUses([security, { category: "news", steps: [mail] }], laneOf)).toEqual([
    critical,
    use("push", "critical"),
    use("sms", "critical"),
    marketing,
  ]);
});
