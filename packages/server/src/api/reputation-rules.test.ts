import { type Fault, problemSchema } from "@tidings/contract/errors";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Answer, type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeEach(async () => {
  bench = await apiBench();
});
afterEach(() => bench.close());

const put = (path: string, body: unknown) => bench.call(path, { method: "PUT", body });
const faults = ({ json, status }: Answer): Fault[] => (status === 200 ? [] : (problemSchema.parse(json).errors ?? []));
const mail = (lanes?: string[], url = "https://x.org") => ({
  channel: "email",
  provider: "test",
  settings: { url },
  ...(lanes === undefined ? {} : { lanes }),
});
const category = (key: string, of: string) => put(`/v1/categories/${key}`, { class: of });

test("an integration that would carry marketing beside others is refused, once there are both", async () => {
  await category("marketing-only", "marketing");
  for (const key of ["security", "orders", "news"]) await bench.call(`/v1/categories/${key}`, { method: "DELETE" });
  expect(faults(await put("/v1/integrations/mixed", mail()))).toEqual([]);
  expect(faults(await category("orders", "transactional"))).toMatchObject([
    { path: "class", message: expect.stringContaining("mixed") },
  ]);
  expect(faults(await put("/v1/integrations/mixed", mail(["marketing"])))).toEqual([]);
  expect(faults(await category("orders", "transactional"))).toEqual([]);
  expect(faults(await put("/v1/integrations/mixed", mail(["marketing", "critical"])))).toMatchObject([
    { path: "lanes" },
  ]);
  expect(faults(await put("/v1/integrations/other", mail(["critical", "transactional"])))).toEqual([]);
});

test("what is written together is judged as it would be then", async () => {
  await category("news", "marketing");
  await category("orders", "transactional");
  const documents = [
    { kind: "integration", key: "one", document: mail(["marketing"]) },
    { kind: "integration", key: "two", document: mail(["critical", "transactional"]) },
  ];
  expect((await bench.call("/v1/configuration/apply", { body: { documents } })).status).toBe(200);
  const mixed = [{ kind: "integration", key: "two", document: mail() }];
  expect((await bench.call("/v1/configuration/apply", { body: { documents: mixed } })).status).toBe(400);
});
