import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptedSchema } from "@tidings/contract/events";
import { pageOf } from "@tidings/contract/pages";
import { pauseSchema } from "@tidings/contract/pauses";
import { findingsSchema } from "@tidings/contract/readiness";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { fillTopic, untilDone } from "../harness/fill-topic.ts";
import { ReportingVendor } from "../harness/reporting-vendor.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings guard "));
const people = 2000;
const perSecond = 150;
const plain = 300;
/** 5 % of both complain: that of transactional mail is nothing that marketing is paused for, nor is paused itself. */
const vendor = new ReportingVendor({ offers: 20, plain: 20 });
let server: ServerProcess;
let api: Api;

const pausesNow = async () => pageOf(pauseSchema).parse((await api.call("GET", "/v1/pauses")).json).items;
const taken = (account: string) => vendor.taken[account]?.length ?? 0;
async function send(name: string, recipients: readonly unknown[]): Promise<string> {
  const { status, json } = await api.call("POST", "/v1/events", { name, recipients, data: {} });
  expect(status).toBe(202);
  return acceptedSchema.parse(json).id;
}

beforeAll(async () => {
  const baseUrl = await vendor.listen();
  server = await startServerProcess(join(cwd, "data"), { TIDINGS_MARKETING_GUARD_EVERY_MS: "500" });
  api = new Api(server.url);
  const limits = { ratePerSecond: perSecond };
  await api.put("/v1/integrations/offers", vendor.integration(baseUrl, "offers", { lanes: ["marketing"], limits }));
  await api.put(
    "/v1/integrations/plain",
    vendor.integration(baseUrl, "plain", { lanes: ["critical", "transactional"] }),
  );
  await api.put("/v1/templates/note", { email: { subject: "Note", text: "Hello" } });
  for (const key of ["critical", "transactional", "marketing"]) {
    await api.put(`/v1/categories/${key}`, { class: key });
    const steps = [{ id: "mail", type: "channel", channel: "email", template: "note" }];
    await api.put(`/v1/workflows/${key}`, { event: key, category: key, steps });
  }
  await fillTopic(api, "all", people, (index) => ({ id: `u${index}`, email: `u${index}@example.org` }));
  vendor.reportTo(server.url);
}, 120_000);

afterAll(async () => {
  await vendor.close();
  await api?.close();
  if (server !== undefined) await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});

test("5 % complaints pause marketing alone before the rest goes out; all else goes, and who looked lets it go on", {
  timeout: 180_000,
}, async () => {
  await send("marketing", [{ topic: "all" }]);
  // Others than those who complain: a complaint suppresses an address.
  const others = Array.from({ length: plain }, (_, index) => ({ id: `p${index}`, email: `p${index}@example.org` }));
  await untilDone(api, await send("transactional", others), 120_000);
  await until("marketing is paused", async () => (await pausesNow()).length > 0, 60_000);
  expect(await pausesNow()).toMatchObject([{ kind: "marketing", key: "offers", state: "paused" }]);
  const [paused] = await pausesNow();
  expect(paused?.reason).toMatch(/^\d+ complaints of \d+ messages \(\d\.\d\d %\) within 24 h: more than 0\.3 %$/);
  const [complaints = 0, of = 1] = (paused?.reason?.match(/\d+/g) ?? []).map(Number);
  expect(complaints / of).toBeGreaterThan(0.03);

  await until(
    "the rest of marketing is kept",
    async () => {
      const [{ waiting } = { waiting: 0 }] = await pausesNow();
      return waiting > 0 && waiting === people - taken("offers");
    },
    60_000,
  );
  const before = taken("offers");
  console.log(`${before} of ${people} went out`);
  expect(before).toBeLessThan(people * 0.75);
  await until("all of transactional went out", () => taken("plain") === plain, 60_000);
  await send("critical", [{ id: "q0", email: "q0@example.org" }]);
  await send("transactional", [{ id: "q1", email: "q1@example.org" }]);
  await until("critical and transactional go on", () => taken("plain") === plain + 2);

  const findings = findingsSchema.parse((await api.call("GET", "/v1/readiness")).json).items;
  expect(findings.filter(({ code }) => code === "marketing_paused")).toMatchObject([
    { integration: "offers", severity: "warning" },
  ]);
  const metrics = await (await request(`${server.url}/metrics`)).body.text();
  expect(metrics).toMatch(/^tidings_marketing_guard_pauses_total\{cause="complaints"\} 1$/m);
  expect(metrics).toMatch(/^tidings_marketing_guard_pauses_total\{cause="bounces"\} 0$/m);

  expect((await api.call("DELETE", "/v1/pauses/marketing/offers")).status).toBe(200);
  // The same figures do not set it again: what goes out from the next minute on does.
  await until("marketing goes on", () => taken("offers") > before + 50);
  expect(taken("offers")).toBeGreaterThan(before);
});
