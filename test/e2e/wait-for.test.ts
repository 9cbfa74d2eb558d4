import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Tidings } from "@tidings/client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { stopChild } from "../harness/child.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const notifications = fileURLToPath(new URL("../../notifications", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tidings wait for "));
let server: ServerProcess;
let tidings: Tidings;

const steps = (timeoutSeconds: number) => [
  {
    id: "paid",
    type: "wait_for" as const,
    event: "order.paid",
    timeoutSeconds,
    match: { "data.cartId": "data.cart.id" },
  },
  {
    id: "how",
    type: "condition" as const,
    if: { field: "steps.paid.arrived", op: "eq" as const, value: true },
    // biome-ignore lint/suspicious/noThenProperty: `then` is the field's word in workflow definitions
    then: [{ id: "thanks", type: "channel" as const, channel: "email" as const, template: "cart" }],
    else: [{ id: "remind", type: "channel" as const, channel: "email" as const, template: "cart" }],
  },
];
const workflow = (timeoutSeconds: number) => ({ category: "orders", steps: steps(timeoutSeconds) });
const start = (port = 0) =>
  startServerProcess(join(folder, "data"), { TIDINGS_NOTIFICATIONS_DIR: notifications }, { port });

beforeAll(async () => {
  server = await start();
  tidings = new Tidings({ apiKey, baseUrl: server.url });
  const text = "{{data.cartId}} {{steps.paid.event.data.total}}";
  await tidings.templates.put("cart", { email: { subject: text, text } });
  await tidings.workflows.put("checkout.abandoned", workflow(3600));
  await tidings.workflows.put("cart.left", workflow(1));
}, 30_000);
afterAll(async () => {
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

const person = (id: string) => ({ id, email: `${id}@example.com` });
const left = (name: string, id: string) =>
  tidings.events.send(name, { recipients: [person(id)], data: { cartId: `cart of ${id}` } });
const paid = (id: string) =>
  tidings.events.send("order.paid", { recipients: [id], data: { cart: { id: `cart of ${id}` }, total: 30 } });
const runOf = async (id: string) => (await tidings.events.get(id)).runs[0];
const waits = (id: string) =>
  vi.waitUntil(async () => ((await runOf(id))?.state === "waiting" ? runOf(id) : undefined), { timeout: 10_000 });
/** Which message a run has come to. */
const messageOf = (id: string) =>
  vi.waitUntil(async () => ((await runOf(id))?.state === "waiting" ? undefined : (await runOf(id))?.messages[0]), {
    timeout: 10_000,
    interval: 20,
  });

test("a run is shown as waiting until its event arrives, and goes on with it, also over a kill", async () => {
  const { id } = await left("checkout.abandoned", "anna");
  const run = await waits(id);
  expect(Date.parse(run?.dueAt ?? "")).toBeGreaterThan(Date.now() + 3_500_000);
  server.process.kill("SIGKILL");
  await server.ended;
  server = await start(server.port);
  const { id: arrived } = await paid("anna");
  const message = await messageOf(id);
  expect(message).toMatchObject({ step: "thanks" });
  expect((await tidings.events.get(arrived)).decisions).toMatchObject([{ reason: "no_workflow" }]);
  await vi.waitUntil(async () => (await tidings.messages.get(message?.id ?? "")).state === "sent", { timeout: 10_000 });
});

test("a run goes on without once its time is up", async () => {
  const { id } = await left("cart.left", "berta");
  expect(await messageOf(id)).toMatchObject({ step: "remind" });
  await paid("berta");
  expect((await runOf(id))?.messages).toHaveLength(1);
});

test("a version that waits no more leaves the runs of the one before it waiting", async () => {
  await tidings.workflows.put("checkout.closed", workflow(3600));
  const { id } = await left("checkout.closed", "carla");
  await waits(id);
  const [, condition] = steps(1);
  await tidings.workflows.put("checkout.closed", { category: "orders", steps: condition?.then ?? [] });
  await paid("carla");
  expect(await messageOf(id)).toMatchObject({ step: "thanks" });
});

test("what is wrong with the step is named by its field", async () => {
  const [wait] = steps(0);
  const faulty = { category: "orders", steps: [{ ...wait, recipient: "any", match: undefined }] };
  const put = (body: unknown) =>
    fetch(`${server.url}/v1/workflows/faulty`, {
      method: "PUT",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const answer = await put(faulty);
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { errors: [{ path: "steps[0].timeoutSeconds" }, { path: "steps[0].match" }] },
  ]);
});

test("a dry run follows the run to the end of its time, or as if its event had arrived", async () => {
  const event = { recipients: [person("dora")], data: { cartId: "c" }, workflow: workflow(3600) };
  const without = await tidings.workflows.dryRun("tried", event);
  expect(without.assumed).toEqual([{ step: "paid", text: expect.stringContaining("does not arrive") }]);
  const [remind] = without.outcomes.filter(({ sends }) => sends);
  expect(remind).toMatchObject({ step: "remind" });
  expect(Date.parse(remind?.dueAt ?? "") - Date.parse(without.at)).toBe(3_600_000);
  const arrivals = { paid: { total: 30 } };
  const given = await tidings.workflows.dryRun("tried", { ...event, assume: { arrivals }, preview: true });
  const [thanks] = given.outcomes.filter(({ sends }) => sends);
  expect(thanks).toMatchObject({ step: "thanks", dueAt: given.at, preview: { content: { subject: "c 30" } } });
});
