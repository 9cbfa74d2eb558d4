import { batchResultSchema } from "@tidings/contract/batch";
import { consentSchema } from "@tidings/contract/consents";
import { acceptedSchema, eventSchema } from "@tidings/contract/events";
import { pageOf } from "@tidings/contract/pages";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench(() => ({}));
});
afterAll(() => bench.close());

const put = (path: string, body: unknown) => bench.call(path, { method: "PUT", body });
const preferencesOf = async (id: string) => (await bench.call(`/v1/recipients/${id}/preferences`)).json;
const ledger = async (id: string) =>
  pageOf(consentSchema).parse((await bench.call(`/v1/recipients/${id}/consents`)).json).items;
const change = (name: string, recipient: unknown, data: object, more: object = {}) => ({
  name: `${name}.updated`,
  recipients: [recipient],
  data,
  ...more,
});
const order = { name: "order", recipients: ["ann"] };
const accepted = { id: expect.any(String) };

async function batch(...events: unknown[]) {
  const { status, json } = await bench.call("/v1/events/batch", { body: { events } });
  expect(status).toBe(202);
  return batchResultSchema.parse(json).results;
}

const faultOf = (result: Awaited<ReturnType<typeof batch>>[number] | undefined) =>
  result !== undefined && "error" in result ? result.error.errors?.[0]?.path : result;

test("a batch makes changes among other events, in the order given: one may build on those before it", async () => {
  const consent = { purpose: "news", channel: "email", action: "granted", source: "form" };
  const results = await batch(
    order,
    change("recipient", "ann", { email: "ann@example.org", locale: "de" }),
    change("preference", "ann", { all: { email: "off" } }),
    order,
    change("consent", "ann", consent),
    change("preference", "ann", { all: { email: "weekly" } }),
    change("consent", "ann", { ...consent, action: "withdrawn" }),
    change("recipient", "ann", { email: "ann@example.org", locale: "fr" }),
  );
  expect(results).toEqual(Array.from({ length: 8 }, () => accepted));
  expect((await bench.call("/v1/recipients/ann")).json).toMatchObject({ locale: "fr" });
  expect(await preferencesOf("ann")).toEqual({ recipient: "ann", all: { email: "weekly" } });
  expect((await ledger("ann")).map(({ action }) => action).toSorted()).toEqual(["granted", "withdrawn"]);
  const ids = results.map((result) => acceptedSchema.parse(result).id);
  expect(ids).toEqual(ids.toSorted());
  const event = eventSchema.parse((await bench.call(`/v1/events/${ids[2]}`)).json);
  expect(event).toMatchObject({ name: "preference.updated", recipients: ["ann"], data: { all: { email: "off" } } });
});

test("what is wrong with one is named by its place in the batch, and holds up no other", async () => {
  await put("/v1/recipients/ben", { email: "ben@example.org" });
  const results = await batch(
    change("preference", "ben", { all: { email: "monthly" } }),
    change("preference", "ben", { all: { sms: "off" } }),
    change("consent", "ben", { purpose: "n", action: "granted" }),
    change("recipient", "ben", { email: "x" }),
    change("preference", "nobody", {}),
    change("preference", { id: "ben" }, {}),
    change("preference", "ben", {}, { scheduledAt: "2999-01-01T00:00:00Z" }),
    change("preference", "ben", {}, { unknown: 1 }),
    { ...order, recipients: [] },
    order,
  );
  expect(results.map(faultOf)).toEqual([
    "events[0].data.all.email",
    accepted,
    "events[2].data.source",
    "events[3].data.email",
    "events[4].recipients[0]",
    "events[5].recipients",
    "events[6].scheduledAt",
    "events[7].unknown",
    "events[8].recipients",
    accepted,
  ]);
  expect(await preferencesOf("ben")).toEqual({ recipient: "ben", all: { sms: "off" } });
  expect(await ledger("ben")).toEqual([]);
});

test("a change is made once per key, in a batch, between batches and by itself", async () => {
  await put("/v1/recipients/cat", { email: "cat@example.org" });
  const off = change("preference", "cat", { all: { email: "off" } });
  const keyed = { ...off, idempotencyKey: "off" };
  const [first, on, again, other] = await batch(
    keyed,
    change("preference", "cat", {}),
    keyed,
    change("preference", "cat", { all: { push: "off" } }, { idempotencyKey: "off" }),
  );
  expect([first, on, again]).toEqual([accepted, accepted, first]);
  expect(other).toMatchObject({ error: { code: "idempotency_mismatch" } });
  expect(await preferencesOf("cat")).toEqual({ recipient: "cat" });
  expect(await batch(keyed)).toEqual([first]);
  const alone = await bench.call("/v1/events", { body: off, headers: { "idempotency-key": "off" } });
  expect(alone.json).toEqual(first);
  expect(await preferencesOf("cat")).toEqual({ recipient: "cat" });
});

test("many changes of one recipient in one batch keep their order", async () => {
  await put("/v1/recipients/dan", { email: "dan@example.org" });
  const many = Array.from({ length: 100 }, (_, number) =>
    change("recipient", "dan", { email: "dan@example.org", attributes: { number } }),
  );
  expect(await batch(...many)).toEqual(many.map(() => accepted));
  expect((await bench.call("/v1/recipients/dan")).json).toMatchObject({ attributes: { number: 99 } });
});
