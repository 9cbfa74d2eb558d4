import { segmentCountSchema } from "@tidings/contract/segments";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Answer, type ApiBench, apiBench, apiLimits } from "./bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
});
afterAll(() => bench.close());

const put = (key: string, where: unknown) => bench.call(`/v1/segments/${key}`, { method: "PUT", body: { where } });
const faultsIn = (answer: Answer) =>
  z.object({ errors: z.array(z.object({ path: z.string(), message: z.string() })) }).parse(answer.json).errors;
const plan = (value: string) => ({ field: "recipient.attributes.plan", op: "eq", value });

test("a segment is written in versions, read, and deleted", async () => {
  expect(await put("pros", plan("pro"))).toMatchObject({ status: 200, json: { key: "pros", version: 1 } });
  expect(await put("pros", plan("team"))).toMatchObject({ json: { version: 2 } });
  expect(await bench.call("/v1/segments/pros")).toMatchObject({ json: { document: { where: plan("team") } } });
  expect((await bench.call("/v1/segments/pros", { method: "DELETE" })).status).toBe(204);
  expect((await bench.call("/v1/segments/pros/count")).status).toBe(404);
});

test("tests that cannot be are faults with their paths", async () => {
  const paths = async (where: unknown) => faultsIn(await put("bad", where)).map(({ path }) => path);
  expect(await paths({ field: "data.x", op: "eq", value: 1 })).toEqual(["where.field"]);
  expect(await paths({ all: [{ message: "opened", withinDays: 91 }] })).toEqual(["where.all[0].withinDays"]);
  expect(await paths({ all: [] })).toEqual(["where.all"]);
  const twenty = { all: Array.from({ length: 20 }, () => plan("pro")) };
  expect(await paths({ any: [twenty, twenty, twenty] })).toEqual(["where"]);
});

test("its members are counted by sealed attributes too, in one environment", async () => {
  for (const [id, body] of [
    ["a", { attributes: { plan: "pro" } }],
    ["b", { personal: { plan: "pro" } }],
    ["c", { attributes: { plan: "pro" }, personal: { plan: "free" } }],
    ["d", {}],
  ] as const)
    await bench.call(`/v1/recipients/${id}`, { method: "PUT", body });
  await put("counted", plan("pro"));
  const counted = await bench.call("/v1/segments/counted/count");
  expect(segmentCountSchema.parse(counted.json)).toMatchObject({ count: 2, looked: 4, partial: false });
  await put("all-but", { not: plan("pro") });
  expect((await bench.call("/v1/segments/all-but/count")).json).toMatchObject({ count: 2, partial: false });
  expect(faultsIn(await bench.call("/v1/segments/counted/count?cursor=")).map(({ path }) => path)).toEqual(["cursor"]);
});

test("a count whose time is over is partial, and goes on with its cursor to the same sum", async () => {
  const ids = Array.from({ length: 600 }, (_, index) => `m${String(index).padStart(4, "0")}`);
  const short = await apiBench(() => ({ limits: { ...apiLimits, segmentCountMs: 0 } }));
  try {
    for (const id of ids) await short.call(`/v1/recipients/${id}`, { method: "PUT", body: { country: "AT" } });
    const where = { field: "recipient.id", op: "gte", value: "m0100" };
    await short.call("/v1/segments/late", { method: "PUT", body: { where } });
    const parts: number[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined && parts.length < 10; ) {
      const from: string = cursor === "" ? "" : `?cursor=${cursor}`;
      const part = segmentCountSchema.parse((await short.call(`/v1/segments/late/count${from}`)).json);
      expect(part.partial).toBe(part.nextCursor !== undefined);
      parts.push(part.count);
      cursor = part.nextCursor;
    }
    expect(parts).toEqual([150, 250, 100]);
  } finally {
    await short.close();
  }
}, 60_000);
