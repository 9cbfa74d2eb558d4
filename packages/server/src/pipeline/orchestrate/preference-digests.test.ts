import type { CategoryBody } from "@tidings/contract/categories";
import { describe, expect, test } from "vitest";
import { times } from "../../store/conformance/corner.conformance.ts";
import { type DigestBench, digestBench, digestsSent } from "./digest-bench.conformance.ts";

/* Digests that recipients ask for. */

const mail = (id: string) => ({ id, type: "channel", channel: "email", template: "t" });
const hourly: Partial<CategoryBody> = { preferences: { all: "hourly" } };

function documents(social: Partial<CategoryBody> = {}) {
  const categories: Record<string, CategoryBody> = {
    social: { class: "transactional", ...hourly, digest: { template: "sum" }, ...social },
    alarms: { class: "critical", ...hourly, digest: { template: "sum" } },
    plain: { class: "transactional", ...hourly },
  };
  const of = (category: string, ...steps: object[]) => ({ category, steps });
  const workflows = {
    liked: of("social", mail("mail")),
    followed: of("social", mail("one"), { id: "wait", type: "delay", seconds: 5 }, mail("two")),
    alarm: of("alarms", mail("mail")),
    news: of("plain", mail("mail")),
  };
  return { categories, workflows };
}

const digests = (b: DigestBench) => digestsSent(b, "digest");
const numbers = (b: DigestBench) => digests(b).map(({ events }) => events.map(({ data }) => data["n"]));
const reasons = (b: DigestBench) =>
  b.database.all("select reason from decision where outcome = 'not_sent'").map(({ reason }) => reason);

describe("a digest that a preference asks for", () => {
  test("gathers events of all workflows of its category, and goes out once by the recipient's clock", async () => {
    const b = await digestBench({ documents: documents() });
    const queue = b.start();
    const ids = [await b.accept("liked", { n: 1 }), await b.accept("followed", { n: 2 })];
    await b.rest(20_000);
    ids.push(await b.accept("liked", { n: 3 }));
    await b.rest(39_000);
    expect(b.delivered.size).toBe(0);
    await b.rest(3_000);
    const [digest] = digests(b);
    expect(digest).toMatchObject({ count: 3, firstAt: digest?.events[0]?.at, lastAt: digest?.events[2]?.at });
    expect(digest?.events.map(({ id }) => id).sort()).toEqual(ids.toSorted());
    expect(digest?.events.map(({ workflow }) => workflow).sort()).toEqual(["followed", "liked", "liked"]);
    expect(numbers(b)).toHaveLength(1);
    const { environmentId, store } = b.corner;
    const row = await store.getEvent({ environmentId, id: ids[0] ?? "", limit: 10 });
    const run = b.database.get("select id from run where gathers = 1");
    expect(row?.decisions).toMatchObject([
      { outcome: "digest", reason: "hourly", rule: "category_default", detail: run?.["id"], channel: "email" },
    ]);
    const [message] = b.delivered.values();
    expect(message?.origin).toMatchObject({ workflow: "", step: "", category: "social", template: "sum" });
    await b.rest(60_000);
    expect(b.delivered.size).toBe(1);
    expect(b.faults).toEqual([]);
    await queue.stop();
  });

  test("leaves out what was canceled, has expired or is refused since, and is not sent where nothing is left", async () => {
    const all = documents();
    const b = await digestBench({ documents: all });
    const queue = b.start();
    await b.accept("liked", { n: 1 }, { cancellationHash: "c" });
    await b.accept("liked", { n: 2 }, { expiresAt: b.clock.now() + 59_000 });
    await b.accept("liked", { n: 3 });
    await b.accept("liked", { n: 4 }, { cancellationHash: "c" }, ["u2"]);
    await b.rest(5000);
    const { environmentId, store } = b.corner;
    await store.cancelEvents({ environmentId, cancellationHash: "c", now: b.clock.now() });
    await b.rest(60_000);
    expect(numbers(b)).toEqual([[3]]);
    expect(reasons(b).sort()).toEqual(["digest_empty", "expired"]);
    await b.accept("liked", { n: 5 });
    await b.rest(5000);
    all.categories["social"] = { class: "transactional", digest: { template: "sum" }, preferences: { email: "off" } };
    await b.rest(3_600_000);
    expect(numbers(b)).toEqual([[3]]);
    expect(reasons(b).sort()).toEqual(["digest_empty", "digest_empty", "expired", "opted_out"]);
    await queue.stop();
  });

  test("keeps what it has gathered as a dead letter where the category has no digest any more", async () => {
    const all = documents();
    const b = await digestBench({ documents: all });
    const queue = b.start();
    await b.accept("liked", { n: 1 });
    await b.rest(5000);
    all.categories["social"] = { class: "transactional" };
    await b.rest(60_000);
    expect(b.delivered.size).toBe(0);
    expect(b.database.get("select kind, reason, detail from dead_letter")).toMatchObject({
      reason: "digest_template_missing",
      detail: "social",
    });
    expect(b.database.get("select count(*) as n from digest_entry")).toEqual({ n: 1 });
    await queue.stop();
  });

  test("takes what a cap has no place for, which is then neither sent nor lost", async () => {
    const caps = [{ limit: 2, windowSeconds: 3600, over: "digest" as const }];
    const digest = { template: "sum", overflow: "hourly" as const };
    const b = await digestBench({ documents: documents({ preferences: { all: "on" }, caps, digest }) });
    const queue = b.start();
    for (const n of [1, 2, 3, 4]) {
      await b.accept("liked", { n });
      await b.rest(2000);
    }
    expect([...b.delivered.values()].map(({ data }) => data["n"])).toEqual([1, 2]);
    await b.rest(60_000);
    // The digest itself finds no place either, and waits for one.
    expect(b.delivered.size).toBe(2);
    const rows = b.database.all(
      "select due_at, decisions from message where run_id in (select id from run where gathers = 1)",
    );
    expect(rows).toHaveLength(1);
    expect(Number(rows[0]?.["due_at"])).toBeGreaterThan(b.clock.now());
    expect(JSON.parse(String(rows[0]?.["decisions"]))).toMatchObject([
      { outcome: "send", reason: "category_digest" },
      { outcome: "deferred", reason: "cap_reached" },
    ]);
    const made = b.database.all("select rule, detail from decision where outcome = 'digest'");
    expect(made.map(({ rule }) => rule)).toEqual(["cap", "cap"]);
    expect(b.database.get("select count(*) as n from digest_entry")).toEqual({ n: 0 });
    expect(b.faults).toEqual([]);
    await queue.stop();
  });

  test("is none where the category gathers nothing, and never of what is critical", async () => {
    const b = await digestBench({ documents: documents() });
    const queue = b.start();
    await b.accept("news", { n: 1 });
    await b.accept("alarm", { n: 2 });
    await b.rest(2000);
    const said = b.database.all("select category, decisions from message order by category");
    expect(said.map(({ category, decisions }) => [category, JSON.parse(String(decisions))])).toMatchObject([
      ["alarms", [{ outcome: "send", rule: "mandatory" }]],
      ["plain", [{ outcome: "send", rule: "category_default", detail: "hourly" }]],
    ]);
    expect(b.database.get("select count(*) as n from digest_window")).toEqual({ n: 0 });
    await queue.stop();
  });

  test("loses and doubles nothing where processes die between any two steps of their store", async () => {
    for (const crashAfter of times(40, (index) => index + 1)) {
      const b = await digestBench({ documents: documents(), pollMs: 10_000 });
      for (const n of times(6, (index) => index)) await b.accept("liked", { n }, {}, [`u${n % 2}`]);
      b.start(crashAfter);
      await b.rest(10);
      b.start(crashAfter);
      await b.rest(71_000);
      const queue = b.start();
      await b.rest(3_672_000);
      const sent = numbers(b).map((each) => each.map(Number));
      expect([crashAfter, sent.flat().toSorted()]).toEqual([crashAfter, times(6, (n) => n)]);
      expect(sent.every((each) => new Set(each.map((n) => n % 2)).size === 1)).toBe(true);
      expect(b.database.get("select count(*) as n from message")).toEqual({ n: sent.length });
      expect(b.database.get("select count(*) as n from digest_entry")).toEqual({ n: 0 });
      await queue.stop();
    }
  }, 120_000);
});
