import { limits } from "@tidings/contract/limits";
import { pageOf } from "@tidings/contract/pages";
import { pauseSchema } from "@tidings/contract/pauses";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { someOrigin } from "../domain/delivery.conformance.ts";
import type { Pauses } from "../domain/pause.ts";
import { Rows } from "../store/conformance/rows.conformance.ts";
import { type Answer, type ApiBench, apiBench } from "./bench.conformance.ts";

const hourMs = 3_600_000;
const listSchema = pageOf(pauseSchema);
let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
  const put = (path: string, body: unknown) => bench.call(path, { method: "PUT", body });
  await put("/v1/categories/news", { class: "marketing" });
  await put("/v1/templates/offer", { email: { subject: "s", text: "t" } });
  const steps = [{ id: "mail", type: "channel", channel: "email", template: "offer" }];
  await put("/v1/workflows/offer", { event: "offer.made", category: "news", steps });
  await put("/v1/integrations/mails", { channel: "email", provider: "test" });
  await put("/v1/integrations/gone", { channel: "email", provider: "test" });
  await bench.call("/v1/integrations/gone", { method: "DELETE" });
});
afterAll(() => bench.close());
beforeEach(async () => {
  const environmentId = 1;
  for (const { kind, key, tenant } of await bench.store.listPauses({ environmentId }))
    await bench.store.endPause({ environmentId, kind, key, tenant, now: Date.now() });
  while ((await bench.store.releaseHeld({ now: Date.now(), limit: 1000 })).isLeft);
});

const path = (kind: string, key: string, tenant?: string) =>
  `/v1/pauses/${kind}/${key}${tenant === undefined ? "" : `?tenant=${tenant}`}`;
const put = (kind: string, key: string, body: object = {}, tenant?: string) =>
  bench.call(path(kind, key, tenant), { method: "PUT", body });
const pause = async (...given: Parameters<typeof put>) => {
  const { status, json } = await put(...given);
  expect(status).toBe(200);
  return pauseSchema.parse(json);
};
const resume = (kind: string, key: string, tenant?: string) =>
  bench.call(path(kind, key, tenant), { method: "DELETE" });
const list = async (query = "") => listSchema.parse((await bench.call(`/v1/pauses${query}`)).json);
const pathsIn = ({ status, json }: Answer) => [
  status,
  z
    .object({ errors: z.array(z.object({ path: z.string() })) })
    .parse(json)
    .errors.map((fault) => fault.path),
];
const inForce = (of: (pauses: Pauses) => unknown) => of(bench.cache.pauses(1)) !== undefined;

/** Messages that a pause of that name keeps. */
async function keep(count: number, kind: string, key: string): Promise<void> {
  const rows = new Rows(bench.store, Date.now(), 1, 2);
  const event = rows.event({ lane: "marketing" });
  await bench.store.acceptEvents({ events: [event] });
  const messages = Array.from({ length: count }, () => rows.message({ eventId: event.id, lane: "marketing" }));
  await bench.store.commitEvents({ turns: [rows.turn(event, { messages })] });
  const found = (await bench.store.listPauses({ environmentId: 1 })).find(
    (row) => row.kind === kind && row.key === key,
  );
  const holds = messages.map(({ id }) => ({
    environmentId: 1,
    messageId: id,
    attempts: 0,
    pauseId: found?.id ?? "",
    at: Date.now(),
  }));
  await bench.store.holdMessages({ holds, lane: "marketing" });
}

test("a pause is in force with its answer, says how many wait, is listed, and ends with what waited", async () => {
  const until = new Date(Date.now() + hourMs).toISOString();
  const paused = await pause("lane", "marketing", { reason: "wrong price", until });
  expect(paused).toMatchObject({
    kind: "lane",
    key: "marketing",
    state: "paused",
    reason: "wrong price",
    until,
    waiting: 0,
    waitingIsBound: false,
  });
  expect([paused.tenant, paused.resumedAt]).toEqual([undefined, undefined]);
  const origin = someOrigin({ environmentId: 1, lane: "marketing" });
  expect(inForce((pauses) => pauses.of(origin, Date.now()))).toBe(true);
  expect(inForce((pauses) => pauses.of(origin, Date.now() + hourMs))).toBe(false);
  await keep(3, "lane", "marketing");
  const again = await pause("lane", "marketing", { reason: "still" });
  expect(again).toMatchObject({ reason: "still", createdAt: paused.createdAt, waiting: 3 });
  expect(again.until).toBeUndefined();
  expect((await list()).items).toEqual([again]);
  const resumed = await resume("lane", "marketing");
  expect(resumed.status).toBe(200);
  expect(resumed.json).toMatchObject({ state: "resuming", waiting: 3, resumedAt: expect.any(String) });
  expect(inForce((pauses) => pauses.of(origin, Date.now()))).toBe(false);
  expect((await list()).items).toMatchObject([{ state: "resuming", waiting: 3 }]);
  await bench.store.releaseHeld({ now: Date.now(), limit: 2 });
  expect((await list()).items).toMatchObject([{ state: "resuming", waiting: 1 }]);
  // Paused anew while it lets go, it is one and counts all.
  await pause("lane", "marketing");
  await keep(4, "lane", "marketing");
  expect((await list()).items).toMatchObject([{ state: "paused", waiting: 5 }]);
  expect((await resume("lane", "marketing")).json).toMatchObject({ waiting: 5 });
  while ((await bench.store.releaseHeld({ now: Date.now(), limit: 2 })).isLeft);
  expect((await list()).items).toEqual([]);
  expect((await resume("lane", "marketing")).status).toBe(404);
});

test("a tenant's pause is another than that of all, and one environment's none of another's", async () => {
  await pause("workflow", "offer", {}, "acme");
  expect((await resume("workflow", "offer")).status).toBe(404);
  expect((await bench.call(path("workflow", "offer", "acme"), { method: "DELETE", key: bench.otherKey })).status).toBe(
    404,
  );
  await pause("workflow", "offer");
  expect((await list()).items.map(({ tenant }) => tenant)).toEqual([undefined, "acme"]);
  expect(listSchema.parse((await bench.call("/v1/pauses", { key: bench.otherKey })).json).items).toEqual([]);
  expect((await resume("workflow", "offer", "acme")).status).toBe(200);
});

test("pages follow each other by kind, key and tenant", async () => {
  for (const tenant of ["b", "a", "c"]) await pause("channel", "email", {}, tenant);
  await pause("integration", "mails");
  const first = await list("?limit=3");
  expect(first.items.map(({ tenant }) => tenant)).toEqual(["a", "b", "c"]);
  const second = await list(`?limit=3&cursor=${first.nextCursor}`);
  expect([second.items.map(({ key }) => key), second.nextCursor]).toEqual([["mails"], undefined]);
  expect((await list("?limit=4")).nextCursor).toBeUndefined();
  expect(pathsIn(await bench.call("/v1/pauses?cursor=x"))).toEqual([400, ["cursor"]]);
});

test("what is not known, and what makes no sense, is refused by its name", async () => {
  expect(pathsIn(await put("lane", "urgent"))).toEqual([400, ["key"]]);
  expect(pathsIn(await put("channel", "fax"))).toEqual([400, ["key"]]);
  expect(pathsIn(await put("topic", "news"))).toEqual([400, ["kind"]]);
  expect(pathsIn(await put("integration", "mial"))).toEqual([400, ["key"]]);
  expect(pathsIn(await put("workflow", "ofer"))).toEqual([400, ["key"]]);
  expect(pathsIn(await put("lane", "marketing", { until: new Date(Date.now() - 1).toISOString() }))).toEqual([
    400,
    ["until"],
  ]);
  expect(pathsIn(await put("lane", "marketing", { reason: "" }))).toEqual([400, ["reason"]]);
  expect(pathsIn(await put("lane", "marketing", {}, "a%20b"))).toEqual([400, ["tenant"]]);
  expect((await list()).items).toEqual([]);
  // What was deleted may still have messages on their way.
  await pause("integration", "gone");
  await pause("lane", "critical");
});

test("an environment has a bounded number of them", async () => {
  const now = Date.now();
  const one = { environmentId: 1, kind: "channel", key: "sms", reason: "", until: null, now } as const;
  const pausesMax = limits.pausesPerEnvironment;
  for (let index = 0; index < pausesMax; index += 1)
    await bench.store.putPause({ ...one, tenant: `t${index}`, id: `p${index}`, pausesMax });
  expect(pathsIn(await put("lane", "marketing"))).toEqual([400, [""]]);
  await pause("channel", "sms", { reason: "one of them" }, "t7");
  const { items, nextCursor } = await list();
  expect([items.length, nextCursor === undefined]).toEqual([limits.pageSize, false]);
}, 60_000);
