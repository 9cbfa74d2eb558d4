import { acceptedSchema, eventSchema } from "@tidings/contract/events";
import { pageOf } from "@tidings/contract/pages";
import { subscribedTopicSchema, subscriptionSchema, topicSchema } from "@tidings/contract/topics";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Answer, type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
});
afterAll(() => bench.close());

const put = (key: string, body: unknown = {}) => bench.call(`/v1/topics/${key}`, { method: "PUT", body });
const subscribe = (key: string, recipients: unknown) =>
  bench.call(`/v1/topics/${key}/subscriptions`, { body: { recipients } });
const faultsIn = (answer: Answer) =>
  z.object({ errors: z.array(z.object({ path: z.string(), message: z.string() })) }).parse(answer.json).errors;

test("a topic is written, read with the number of its subscribers, and deleted with them", async () => {
  expect((await put("news", { name: "News" })).status).toBe(200);
  expect((await subscribe("news", ["u1", "u2", "u1"])).json).toEqual({ subscribed: 2, subscribers: 2 });
  expect((await put("news", { name: "All news" })).status).toBe(200);
  expect(topicSchema.parse((await bench.call("/v1/topics/news")).json)).toMatchObject({
    key: "news",
    name: "All news",
    subscribers: 2,
  });
  expect((await bench.call("/v1/topics/news", { method: "DELETE" })).status).toBe(204);
  expect((await bench.call("/v1/topics/news", { method: "DELETE" })).status).toBe(404);
  await put("news");
  expect((await bench.call("/v1/topics/news")).json).toMatchObject({ subscribers: 0 });
});

test("subscribers are listed in pages, whatever is in their ids, and taken out one by one or together", async () => {
  await put("pages");
  const ids = ["a", "ä/b c", "x".repeat(200), "🙂", "z?&#"];
  await subscribe("pages", ids);
  const listed: string[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const { json } = await bench.call(`/v1/topics/pages/subscriptions?limit=2${from}`);
    const page = pageOf(subscriptionSchema).parse(json);
    listed.push(...page.items.map(({ recipient }) => recipient));
    cursor = page.nextCursor;
  }
  expect(new Set(listed)).toEqual(new Set(ids));
  expect(listed).toHaveLength(ids.length);
  const one = `/v1/topics/pages/subscriptions/${encodeURIComponent("ä/b c")}`;
  expect((await bench.call(one, { method: "DELETE" })).status).toBe(204);
  expect((await bench.call(one, { method: "DELETE" })).status).toBe(404);
  const removed = await bench.call("/v1/topics/pages/subscriptions/remove", { body: { recipients: ["a", "nobody"] } });
  expect(removed.json).toEqual({ unsubscribed: 1, subscribers: 3 });
});

test("a recipient's topics are listed, and none of another environment", async () => {
  for (const key of ["one", "two", "three"]) {
    await put(key);
    await subscribe(key, ["reader"]);
  }
  const first = pageOf(subscribedTopicSchema).parse((await bench.call("/v1/recipients/reader/topics?limit=2")).json);
  const rest = await bench.call(`/v1/recipients/reader/topics?limit=2&cursor=${first.nextCursor}`);
  const keys = [...first.items, ...pageOf(subscribedTopicSchema).parse(rest.json).items].map(({ key }) => key);
  expect(keys.sort()).toEqual(["one", "three", "two"]);
  const key = bench.otherKey;
  expect((await bench.call("/v1/recipients/reader/topics", { key })).json).toEqual({ items: [] });
  for (const path of ["/v1/topics/one", "/v1/topics/one/subscriptions"])
    expect((await bench.call(path, { key })).status, path).toBe(404);
  const stranger = await bench.call("/v1/topics/one/subscriptions", { key, body: { recipients: ["u"] } });
  expect(stranger.status).toBe(404);
});

test("what cannot be is refused by its field: too many, no id, a topic that is not there, too many topics", async () => {
  await put("strict");
  const many = Array.from({ length: 1001 }, (_, index) => `u${index}`);
  expect(faultsIn(await subscribe("strict", many))).toMatchObject([{ path: "recipients" }]);
  expect(faultsIn(await subscribe("strict", ["ok", "no\nline"]))).toMatchObject([{ path: "recipients[1]" }]);
  expect((await subscribe("missing", ["u"])).status).toBe(404);
  expect((await bench.call("/v1/topics/missing/subscriptions")).status).toBe(404);
  const topics = Array.from({ length: 21 }, (_, index) => ({ topic: `t${index}` }));
  const refused = await bench.call("/v1/events", { body: { name: "n", recipients: topics } });
  expect(faultsIn(refused)).toEqual([{ path: "recipients", message: "names at most 20 topics" }]);
  const message = { channel: "email", to: { topic: "strict" }, category: "c", content: { subject: "s", text: "t" } };
  expect((await bench.call("/v1/messages", { body: message })).status).toBe(400);
});

test("an event shows its topics apart from the recipients that it names, each topic once", async () => {
  const recipients = [{ topic: "news" }, "u1", { topic: "gone" }, { topic: "news" }];
  const { id } = acceptedSchema.parse((await bench.call("/v1/events", { body: { name: "n", recipients } })).json);
  const view = eventSchema.parse((await bench.call(`/v1/events/${id}`)).json);
  expect(view).toMatchObject({ recipients: ["u1"], topics: ["news", "gone"] });
  const batch = await bench.call("/v1/events/batch", { body: { events: [{ name: "n", recipients }] } });
  expect(batch.json).toMatchObject({ results: [{ id: expect.any(String) }] });
});
