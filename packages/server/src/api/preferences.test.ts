import { consentSchema } from "@tidings/contract/consents";
import { problemSchema } from "@tidings/contract/errors";
import { pageOf } from "@tidings/contract/pages";
import { preferencesBatchResultSchema, preferencesReadResultSchema } from "@tidings/contract/preferences";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
});
afterAll(() => bench.close());

const put = (path: string, body: unknown, key?: string) =>
  bench.call(path, { method: "PUT", body, ...(key === undefined ? {} : { key }) });

test("what somebody has chosen reads as it was written, and in its own environment alone", async () => {
  await put("/v1/recipients/anna", { email: "anna@example.org" });
  const chosen = { categories: { news: { email: "weekly", all: "off" } }, channelOrder: ["push", "email"] };
  expect(await put("/v1/recipients/anna/preferences", chosen)).toMatchObject({ status: 200, json: chosen });
  expect((await bench.call("/v1/recipients/anna/preferences")).json).toEqual({ recipient: "anna", ...chosen });
  const other = await bench.call("/v1/recipients/anna/preferences", { key: bench.otherKey });
  expect(other.status).toBe(404);
  expect((await put("/v1/recipients/nobody/preferences", chosen)).status).toBe(404);
});

test("a fault is named by its path, and nothing is written", async () => {
  await put("/v1/recipients/fault", { email: "fault@example.org" });
  const answer = await put("/v1/recipients/fault/preferences", { categories: { news: { email: "monthly" } } });
  expect(answer.status).toBe(400);
  expect(problemSchema.parse(answer.json).errors?.[0]?.path).toBe("categories.news.email");
  expect((await bench.call("/v1/recipients/fault/preferences")).json).toEqual({ recipient: "fault" });
});

test("many are written and read at once; of each that is not there the answer says so", async () => {
  for (const id of ["b1", "b2"]) await put(`/v1/recipients/${id}`, { email: `${id}@example.org` });
  const preferences = ["b1", "nobody", "b2"].map((recipient) => ({ recipient, all: { sms: "off" } }));
  const answer = await bench.call("/v1/preferences/batch", { method: "POST", body: { preferences } });
  expect(preferencesBatchResultSchema.parse(answer.json).results).toEqual([
    { recipient: "b1" },
    { recipient: "nobody", error: "not_found" },
    { recipient: "b2" },
  ]);
  const read = await bench.call("/v1/preferences/read", { body: { recipients: ["b2", "nobody", "b1"] } });
  expect(preferencesReadResultSchema.parse(read.json).items.map(({ recipient }) => recipient)).toEqual(["b2", "b1"]);
  const twice = await bench.call("/v1/preferences/batch", {
    body: { preferences: [{ recipient: "b1" }, { recipient: "b1" }] },
  });
  expect(problemSchema.parse(twice.json).errors?.[0]?.path).toBe("preferences[1].recipient");
});

test("those who change one recipient at once lose nothing of each other", async () => {
  await put("/v1/recipients/busy", { email: "busy@example.org" });
  const purposes = ["a", "b", "c", "d", "e"];
  const add = (purpose: string) =>
    bench.call("/v1/recipients/busy/consents", { body: { purpose, action: "withdrawn", source: "test" } });
  const answers = await Promise.all([
    ...purposes.map(add),
    put("/v1/recipients/busy/preferences", { all: { sms: "off" } }),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 201, 201, 201, 201, 201]);
  const page = pageOf(consentSchema).parse((await bench.call("/v1/recipients/busy/consents")).json);
  expect(page.items.map(({ purpose }) => purpose).sort()).toEqual(purposes);
  expect((await bench.call("/v1/recipients/busy/preferences")).json).toMatchObject({ all: { sms: "off" } });
});

test("the ledger of consent shows how it was said, page by page, and outlives the recipient without that", async () => {
  await put("/v1/recipients/led", { email: "led@example.org" });
  const said = { purpose: "news", channel: "email", source: "form", ip: "203.0.113.7", textVersion: "7" };
  for (const action of ["requested", "granted", "withdrawn"])
    expect((await bench.call("/v1/recipients/led/consents", { body: { ...said, action } })).status).toBe(201);
  const first = pageOf(consentSchema).parse((await bench.call("/v1/recipients/led/consents?limit=2")).json);
  expect(first.items).toMatchObject([
    { ...said, action: "withdrawn" },
    { ...said, action: "granted" },
  ]);
  const rest = await bench.call(`/v1/recipients/led/consents?cursor=${first.nextCursor}`);
  expect(pageOf(consentSchema).parse(rest.json).items).toMatchObject([{ action: "requested" }]);
  const future = { ...said, action: "granted", at: "2999-01-01T00:00:00Z" };
  expect((await bench.call("/v1/recipients/led/consents", { body: future })).status).toBe(400);
  await bench.call("/v1/recipients/led", { method: "DELETE" });
  await put("/v1/recipients/led", { email: "led@example.org" });
  const left = pageOf(consentSchema).parse((await bench.call("/v1/recipients/led/consents")).json);
  expect(left.items).toHaveLength(3);
  expect(left.items[0]).toMatchObject({ purpose: "news", source: "erased" });
  expect(left.items[0]?.ip).toBeUndefined();
});
