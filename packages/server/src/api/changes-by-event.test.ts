import { consentSchema } from "@tidings/contract/consents";
import { problemSchema } from "@tidings/contract/errors";
import { acceptedSchema, eventSchema } from "@tidings/contract/events";
import { pageOf } from "@tidings/contract/pages";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiBench, apiBench } from "./bench.conformance.ts";
import { LinkBench } from "./opt-out/link-bench.conformance.ts";

let bench: ApiBench;
let pages: LinkBench;
const told: { name: string; id: string }[] = [];
const put = (path: string, body: unknown) => bench.call(path, { method: "PUT", body });
beforeAll(async () => {
  bench = await apiBench(({ ingest }) => ({
    ingest: {
      accept: (...call) => ingest.accept(...call),
      acceptAnswer: (...call) => ingest.acceptAnswer(...call),
      acceptBatch: (...call) => ingest.acceptBatch(...call),
      acceptMessage: (...call) => ingest.acceptMessage(...call),
      acceptCampaign: (...call) => ingest.acceptCampaign(...call),
      acceptReplay: (...call) => ingest.acceptReplay(...call),
      selectionOf: (...call) => ingest.selectionOf(...call),
      acceptChange: (...call) => ingest.acceptChange(...call),
      cancel: (...call) => ingest.cancel(...call),
      changeEvent: (environmentId, name, bodyOf) => {
        const made = ingest.changeEvent(environmentId, name, bodyOf);
        const committed = () => {
          made?.committed();
          if (made !== undefined) told.push({ name, id: made.event.id });
        };
        return made && { event: made.event, committed };
      },
    },
  }));
  pages = new LinkBench(bench);
  await put("/v1/categories/news", { class: "marketing" });
  const steps = [{ id: "wait", type: "delay", seconds: 60 }];
  for (const name of ["preference", "consent", "recipient"])
    await put(`/v1/workflows/${name}`, { event: `${name}.updated`, category: "news", steps });
  await bench.cache.refresh();
});
afterAll(() => bench.close());

const send = (name: string, recipient: unknown, data: unknown, key?: string, more: object = {}) =>
  bench.call("/v1/events", {
    body: { name, recipients: [recipient], data, ...more },
    ...(key === undefined ? {} : { headers: { "idempotency-key": key } }),
  });
const preferencesOf = async (id: string) => (await bench.call(`/v1/recipients/${id}/preferences`)).json;
const ledger = async (id: string) =>
  pageOf(consentSchema).parse((await bench.call(`/v1/recipients/${id}/consents`)).json).items;
const eventOf = async (id: string) => eventSchema.parse((await bench.call(`/v1/events/${id}`)).json);

test("a change that is sent in as an event is made with it, once per key, and tells of nothing further", async () => {
  await put("/v1/recipients/ann", { email: "ann@example.org" });
  const before = told.length;
  const off = { categories: { news: { email: "off" } } };
  const first = await send("preference.updated", "ann", off, "k1");
  expect(first.status).toBe(202);
  expect(await preferencesOf("ann")).toEqual({ recipient: "ann", ...off });
  await put("/v1/recipients/ann/preferences", {});
  expect((await send("preference.updated", "ann", off, "k1")).json).toEqual(first.json);
  expect(await preferencesOf("ann")).toEqual({ recipient: "ann" });
  expect((await send("preference.updated", "ann", {}, "k1")).status).toBe(422);
  expect(told.slice(before).map(({ name }) => name)).toEqual(["preference.updated"]);
  const { id } = acceptedSchema.parse(first.json);
  expect(await eventOf(id)).toMatchObject({ name: "preference.updated", recipients: ["ann"], data: off });
});

test("consents and recipients go in by the body of their own calls", async () => {
  const profile = { email: "ben@example.org", country: "AT" };
  expect((await send("recipient.updated", "ben", profile)).status).toBe(202);
  expect((await bench.call("/v1/recipients/ben")).json).toMatchObject({ id: "ben", ...profile });
  const consent = { purpose: "news", channel: "email", action: "granted", source: "form", ip: "192.0.2.1" };
  expect((await send("consent.updated", "ben", consent, "k2")).status).toBe(202);
  await send("consent.updated", "ben", consent, "k2");
  expect(await ledger("ben")).toMatchObject([consent]);
  await Promise.all(
    ["a", "b", "c", "d"].map((purpose) => send("consent.updated", "ben", { ...consent, purpose, action: "withdrawn" })),
  );
  expect(await ledger("ben")).toHaveLength(5);
});

test.each<[string, string, unknown, unknown, object, string]>([
  ["a fault of the data", "preference.updated", "cat", { all: { email: "monthly" } }, {}, "data.all.email"],
  ["a consent without source", "consent.updated", "cat", { purpose: "n", action: "granted" }, {}, "data.source"],
  ["an address that is none", "recipient.updated", "cat", { email: "x" }, {}, "data.email"],
  ["somebody who is not known", "preference.updated", "nobody", {}, {}, "recipients[0]"],
  ["no id", "preference.updated", { id: "cat" }, {}, {}, "recipients"],
  ["another time", "preference.updated", "cat", {}, { scheduledAt: "2999-01-01T00:00:00Z" }, "scheduledAt"],
])("%s is named by its path, and nothing is changed", async (_, name, recipient, data, more, path) => {
  await put("/v1/recipients/cat", { email: "cat@example.org" });
  const answer = await send(name, recipient, data, undefined, more);
  expect([answer.status, problemSchema.parse(answer.json).errors?.[0]?.path]).toEqual([400, path]);
  expect(await preferencesOf("cat")).toEqual({ recipient: "cat" });
  expect(await ledger("cat")).toEqual([]);
});

test("what was changed by a call or by a link goes out as an event, without evidence and addresses", async () => {
  const before = told.length;
  await put("/v1/recipients/dan", { email: "dan@example.org", country: "FR", personal: { name: "Dan" } });
  await put("/v1/recipients/dan/preferences", { all: { sms: "off" } });
  const consent = { purpose: "news", channel: "sms", action: "requested", source: "form", ip: "192.0.2.1" };
  await bench.call("/v1/recipients/dan/consents", { body: consent });
  const { path } = pages.link({ recipient: "dan" });
  await Promise.all([pages.open(path, "POST"), pages.open(path, "POST")]);
  const since = told.slice(before);
  const names = ["recipient.updated", "preference.updated", "consent.updated", "consent.updated"];
  expect(since.map(({ name }) => name)).toEqual(names);
  const events = await Promise.all(since.map(({ id }) => eventOf(id)));
  expect(events.map(({ recipients }) => recipients)).toEqual(times(4, ["dan"]));
  expect(events.map(({ data }) => data)).toMatchObject([
    { country: "FR" },
    { all: { sms: "off" } },
    { purpose: "news", channel: "sms", action: "requested", source: "form" },
    { purpose: "news", channel: "email", action: "withdrawn", source: "one_click", jurisdiction: "FR" },
  ]);
  expect(JSON.stringify(events)).not.toMatch(/dan@example|Dan"|192\.0\.2\.1|127\.0\.0\.1/);
  expect(since.map(({ id }) => id)).toEqual(since.map(({ id }) => id).toSorted());
});

const times = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);
