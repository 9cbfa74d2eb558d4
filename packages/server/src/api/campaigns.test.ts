import { campaignSchema } from "@tidings/contract/campaigns";
import { acceptedSchema, eventSchema } from "@tidings/contract/events";
import { pageOf } from "@tidings/contract/pages";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Answer, type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
  const put = (path: string, body: unknown) => bench.call(path, { method: "PUT", body });
  await put("/v1/categories/news", { class: "marketing" });
  await put("/v1/templates/offer", { email: { subject: "s", text: "t" } });
  const steps = [{ id: "mail", type: "channel", channel: "email", template: "offer" }];
  await put("/v1/workflows/offer", { event: "offer.made", category: "news", steps });
  await put("/v1/segments/pros", { where: { field: "recipient.attributes.plan", op: "eq", value: "pro" } });
  await put("/v1/topics/releases", {});
  await bench.call("/v1/topics/releases/subscriptions", { body: { recipients: ["u1", "u2"] } });
  await bench.cache.refresh();
});
afterAll(() => bench.close());

const start = (body: object, headers: Record<string, string> = {}) =>
  bench.call("/v1/campaigns", { body: { name: "Autumn", event: "offer.made", ...body }, headers });
const started = async (body: object, headers: Record<string, string> = {}) =>
  acceptedSchema.parse((await start(body, headers)).json).id;
const shown = async (id: string) => campaignSchema.parse((await bench.call(`/v1/campaigns/${id}`)).json);
const pathsIn = (answer: Answer) =>
  z
    .object({ errors: z.array(z.object({ path: z.string() })) })
    .parse(answer.json)
    .errors.map(({ path }) => path);

test("a campaign is its event, is shown with its progress, and is canceled by its id", async () => {
  const recipients = ["u9", { topic: "releases" }];
  const id = await started({ recipients, data: { a: 1 }, spread: { minutes: 30 } });
  expect(await shown(id)).toMatchObject({
    name: "Autumn",
    event: "offer.made",
    state: "running",
    topics: ["releases"],
    segments: [],
    named: 1,
    spread: { minutes: 30 },
    progress: { total: 3, looked: 0, messages: 0, ratePerSecond: 0, skipped: [] },
  });
  expect(eventSchema.parse((await bench.call(`/v1/events/${id}`)).json)).toMatchObject({
    recipients: ["u9"],
    topics: ["releases"],
    data: { a: 1 },
  });
  expect((await bench.call(`/v1/campaigns/${id}/cancel`, { method: "POST" })).json).toMatchObject({ events: 1 });
  expect((await shown(id)).state).toBe("canceled");
  expect((await bench.call(`/v1/campaigns/${id}/cancel`, { method: "POST" })).json).toMatchObject({ events: 0 });
});

test("one that is to begin later is scheduled, one to a segment has no total yet, and a repeated call is the same one", async () => {
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
  const body = { recipients: [{ segment: "pros" }], scheduledAt };
  const id = await started(body, { "idempotency-key": "once" });
  expect(await started(body, { "idempotency-key": "once" })).toBe(id);
  const campaign = await shown(id);
  expect(campaign).toMatchObject({ state: "scheduled", segments: ["pros"], scheduledAt });
  expect(campaign.progress?.total).toBeUndefined();
});

test("they are listed newest first, in pages", async () => {
  const ids: string[] = [];
  for (let index = 0; index < 3; index += 1) ids.unshift(await started({ recipients: ["u1"] }));
  const page = pageOf(campaignSchema).parse((await bench.call("/v1/campaigns?limit=2")).json);
  expect(page.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  expect(page.items[0]?.progress).toBeUndefined();
  const next = pageOf(campaignSchema).parse((await bench.call(`/v1/campaigns?limit=2&cursor=${page.nextCursor}`)).json);
  expect(next.items[0]?.id).toBe(ids[2]);
});

test("what cannot be is refused by its field, and one of another environment is not there", async () => {
  expect(pathsIn(await start({ recipients: ["u1"], event: "unheard" }))).toEqual(["event"]);
  expect(pathsIn(await start({ recipients: ["u1", { segment: "gone" }] }))).toEqual(["recipients[1].segment"]);
  expect(pathsIn(await start({ recipients: [] }))).toEqual(["recipients"]);
  expect(pathsIn(await start({ recipients: ["u1"], spread: { minutes: 0 } }))).toEqual(["spread.minutes"]);
  expect(pathsIn(await start({ recipients: ["u1"], spread: { localTime: "25:00" } }))).toEqual(["spread.localTime"]);
  const id = await started({ recipients: ["u1"] });
  expect((await bench.call(`/v1/campaigns/${id}`, { key: bench.otherKey })).status).toBe(404);
  expect((await bench.call(`/v1/campaigns/${id}/cancel`, { method: "POST", key: bench.otherKey })).status).toBe(404);
});

test("one is paused and resumed by its id, however often, and what is over or another's stays as it is", async () => {
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
  const id = await started({ recipients: [{ topic: "releases" }], scheduledAt });
  const turn = async (verb: "pause" | "resume", of = id) => {
    const answer = await bench.call(`/v1/campaigns/${of}/${verb}`, { method: "POST" });
    return { status: answer.status, ...campaignSchema.parse(answer.json) };
  };
  const paused = await turn("pause");
  expect(paused).toMatchObject({ status: 200, state: "paused", progress: { looked: 0 } });
  expect(paused.pausedAt).toBeDefined();
  expect((await turn("pause")).pausedAt).toBe(paused.pausedAt);
  const other = { method: "POST", key: bench.otherKey } as const;
  expect((await bench.call(`/v1/campaigns/${id}/resume`, other)).status).toBe(404);
  expect((await bench.call(`/v1/campaigns/${id}/pause`, other)).status).toBe(404);
  expect((await shown(id)).state).toBe("paused");
  const resumed = await turn("resume");
  expect(resumed).toMatchObject({ state: "scheduled" });
  expect(resumed).not.toHaveProperty("pausedAt");
  expect((await turn("resume")).state).toBe("scheduled");
  await turn("pause");
  await bench.call(`/v1/campaigns/${id}/cancel`, { method: "POST" });
  const canceled = await turn("resume");
  expect(canceled.state).toBe("canceled");
  expect((await turn("pause")).state).toBe("canceled");
});
