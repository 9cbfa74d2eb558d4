import { pageOf } from "@tidings/contract/pages";
import { suppressionSchema, suppressionsAddedSchema } from "@tidings/contract/suppressions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Answer, type ApiBench, apiBench } from "../bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
});
afterAll(() => bench.close());

const pageSchema = pageOf(suppressionSchema);
const added = (answer: Answer) => suppressionsAddedSchema.parse(answer.json);
const faults = (answer: Answer) =>
  z
    .object({ errors: z.array(z.object({ path: z.string(), message: z.string(), line: z.int().optional() })) })
    .parse(answer.json).errors;
const add = (suppressions: unknown, key = bench.key) => bench.call("/v1/suppressions", { body: { suppressions }, key });
const list = async (query: string, key = bench.key) =>
  pageSchema.parse((await bench.call(`/v1/suppressions?${query}`, { key })).json);
const load = (raw: string | Buffer, key = bench.key, headers = {}) =>
  bench.call("/v1/suppressions/import", { raw, key, headers: { "content-type": "text/csv", ...headers } });

test("an address is suppressed in any writing, found by it, shown by its hash alone, and lifted", async () => {
  const given = { channel: "email", address: "Ada@Example.org" };
  expect(added(await add([given, { ...given, scope: "category", value: "news", reason: "asked" }]))).toEqual({
    added: 2,
    present: 0,
  });
  expect(added(await add([{ ...given, address: "ada@example.ORG" }]))).toEqual({ added: 0, present: 1 });
  const found = await list("channel=email&address=ADA@example.org");
  expect(found.items).toMatchObject([
    { scope: "category", value: "news", reason: "asked" },
    { scope: "everything", reason: "manual" },
  ]);
  expect(JSON.stringify(found).toLowerCase()).not.toContain("ada@");
  for (const { id } of found.items)
    expect((await bench.call(`/v1/suppressions/${encodeURIComponent(id)}`, { method: "DELETE" })).status).toBe(204);
  expect((await bench.call(`/v1/suppressions/${found.items[0]?.id}`, { method: "DELETE" })).status).toBe(404);
  expect((await list("channel=email&address=ada@example.org")).items).toEqual([]);
});

test("a call with one fault adds nothing, and names the field", async () => {
  const good = { channel: "sms", address: "+4366012345" };
  const answer = await add([
    good,
    { channel: "sms", address: "12" },
    { channel: "email", addressHash: "a".repeat(32), scope: "category" },
    { channel: "email", addressHash: "a".repeat(32), scope: "class", value: "critical" },
    { channel: "push" },
    { ...good, scope: "everything", value: "x" },
  ]);
  expect(answer.status).toBe(400);
  expect(faults(answer).map(({ path }) => path)).toEqual([
    "suppressions[1].address",
    "suppressions[2].value",
    "suppressions[3].value",
    "suppressions[4].address",
    "suppressions[5].value",
  ]);
  expect((await list("channel=sms")).items).toEqual([]);
  expect(faults(await bench.call("/v1/suppressions?address=a@b.org"))[0]?.path).toBe("channel");
  expect((await bench.call("/v1/suppressions?cursor=eHg")).status).toBe(400);
});

test("what one environment exports it takes back, and another refuses", async ({ onTestFinished }) => {
  const shared = bench;
  bench = await apiBench();
  onTestFinished(async () => {
    await bench.close();
    bench = shared;
  });
  await add([
    { channel: "email", address: "out@example.org", reason: 'said "no", twice', createdAt: "2026-01-02T03:04:05.678Z" },
    { channel: "webhook", address: "https://x.example/hook", scope: "sender", value: "hooks" },
  ]);
  const before = (await list("limit=100")).items;
  const exported = await bench.call("/v1/suppressions/export");
  expect(exported.headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(exported.text).not.toContain("out@example.org");
  for (const { id } of before) await bench.call(`/v1/suppressions/${encodeURIComponent(id)}`, { method: "DELETE" });
  expect(added(await load(exported.text))).toEqual({ added: before.length, present: 0 });
  expect((await list("limit=100")).items).toEqual(before);
  expect(added(await load(exported.text))).toEqual({ added: 0, present: before.length });
  const foreign = await load(exported.text, bench.otherKey);
  expect(faults(foreign)[0]).toMatchObject({ path: "hash_key", line: 2 });
  expect((await list("limit=100", bench.otherKey)).items).toEqual([]);
});

test("an import is taken whole or not at all, and faults tell their lines", async () => {
  const head = "channel,address,scope,value\n";
  const answer = await load(
    `${head}email,one@example.org,,\nemail,nobody,,\n\nemail,"two@example.org",category,\nsms\n`,
  );
  expect(faults(answer).map(({ line, path }) => [line, path])).toEqual([
    [3, "address"],
    [5, "value"],
    [6, ""],
  ]);
  expect((await list("channel=email&address=one@example.org")).items).toEqual([]);
  expect(faults(await load("address,colour\n"))).toMatchObject([
    { path: "colour", line: 1 },
    { path: "channel", line: 1 },
  ]);
  expect(faults(await load(`${head}email,"open@example.org`))).toMatchObject([{ line: 2 }]);
  expect(faults(await load(head))).toHaveLength(1);
  expect(faults(await load(Buffer.from([...Buffer.from(head), 0xff, 0xfe, 0x0a])))[0]?.message).toContain("UTF-8");
});

test("an import has bounds in lines and bytes, and its own media type", async () => {
  const line = (index: number) => `email,n${index}@example.org\n`;
  const lines = (count: number) =>
    `channel,address\n${Array.from({ length: count }, (_, index) => line(index)).join("")}`;
  expect(faults(await load(lines(501)))).toMatchObject([{ line: 502 }]);
  expect((await list("channel=email&address=n0@example.org")).items).toEqual([]);
  expect(added(await load(`\ufeff${lines(500).replaceAll("\n", "\r\n")}`))).toEqual({ added: 500, present: 0 });
  expect((await load(`channel,address,reason\n${"\n".repeat(200_000)}`)).status).toBe(413);
  expect((await load("{}", bench.key, { "content-type": "application/json" })).status).toBe(415);
  expect((await load(lines(1), bench.key, { "content-encoding": "gzip" })).status).toBe(415);
  expect(
    (await bench.call("/v1/suppressions", { raw: lines(1), headers: { "content-type": "text/csv" } })).status,
  ).toBe(415);
  expect((await load(lines(1), "tdg_d_nobody")).status).toBe(401);
});

test("a list is read page by page to its end", async () => {
  await add(Array.from({ length: 250 }, (_, index) => ({ channel: "push", address: `device-${index}` })));
  const ids = new Set<string>();
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await list(`channel=push${cursor === undefined ? "" : `&cursor=${cursor}`}`);
    for (const { id } of page.items) ids.add(id);
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== undefined && pages < 10);
  expect([ids.size, pages]).toEqual([250, 3]);
});
