import { allowancesSchema } from "@tidings/contract/allowances";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dateOfDay, dayOf } from "../domain/allowance.ts";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
});
afterAll(() => bench.close());

const put = async (path: string, body: unknown) => {
  const { status, json } = await bench.call(path, { method: "PUT", body });
  expect([status, json]).toEqual([200, expect.anything()]);
};
const shown = async (query = "") => {
  const { status, json } = await bench.call(`/v1/allowances${query}`);
  expect(status).toBe(200);
  return allowancesSchema.parse(json);
};

test("what is used today is shown beside its bound, of integrations that have one and of budgets", async () => {
  const day = dayOf(Date.now());
  const sandbox = { channel: "email", provider: "test" };
  expect((await shown()).items).toEqual([]);
  await put("/v1/integrations/plain", sandbox);
  await put("/v1/integrations/quota", { ...sandbox, limits: { perDay: 100 } });
  await put("/v1/integrations/warm", { ...sandbox, warmUp: { startedOn: dateOfDay(day - 1) } });
  await put("/v1/integrations/known", { ...sandbox, warmUp: { startedOn: "2020-01-01", plan: [5] } });
  await put("/v1/policies/environment", { budget: { perDay: 2.5 } });
  await put("/v1/tenants/acme", { budget: { perDay: 1 } });
  const [environment] = (await bench.store.listEnvironments({})).filter(({ key }) => key === "development");
  const environmentId = environment?.id ?? 0;
  const take = (key: string, least: number, on = day) =>
    bench.store.takeAllowance({ environmentId, key, day: on, least, most: 0, parts: 1, max: 1e9 });
  await take("integration:quota", 100);
  await take("integration:warm", 7);
  for (let before = 1; before <= 60; before += 20) await take("integration:known", 1, day - before);
  await take("spend:", 1_250_000);
  await take("spend:acme", 1_000_000);
  expect(await shown("?tenant=acme")).toEqual({
    day: dateOfDay(day),
    items: [
      { kind: "integration", integration: "known", used: 0 },
      { kind: "integration", integration: "quota", used: 100, max: 100, reason: "quota_reached" },
      { kind: "integration", integration: "warm", used: 7, max: 100 },
      { kind: "budget", used: 1.25, max: 2.5 },
      { kind: "budget", tenant: "acme", used: 1, max: 1, reason: "budget_reached" },
    ],
  });
  expect((await shown()).items).toHaveLength(4);
  expect((await shown("?tenant=other")).items).toHaveLength(4);
});

test("another environment's are not shown, and a query that is none is refused", async () => {
  const { json } = await bench.call("/v1/allowances", { key: bench.otherKey });
  expect(allowancesSchema.parse(json).items).toEqual([]);
  expect((await bench.call("/v1/allowances?tenants=a")).status).toBe(400);
});
