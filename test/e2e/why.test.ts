import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { configureOrders } from "../harness/configure-orders.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings why "));
let server: ServerProcess;
let api: Api;
const run = (...args: string[]) => tidings(args, { cwd, env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey } });

beforeAll(async () => {
  server = await startServerProcess(join(cwd, "data"));
  api = new Api(server.url);
  await configureOrders(api);
}, 30_000);
afterAll(async () => {
  await api.close();
  await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});

async function send(): Promise<void> {
  const body = { name: "order.mail", recipients: ["anna"], data: { order: "A-1" } };
  expect((await api.call("POST", "/v1/events", body)).status).toBe(202);
}

test("why somebody got a mail, and did not get the next one, is told newest first", async () => {
  const url = "/v1/recipients/anna/decisions";
  await send();
  await expect
    .poll(async () => (await api.call("GET", url)).json)
    .toMatchObject({
      items: [{ decisions: [{ outcome: "not_started", reason: "recipient_unknown" }], category: "orders" }],
    });
  await api.put("/v1/recipients/anna", { email: "anna@example.com" });
  await send();
  await expect
    .poll(async () => (await api.call("GET", `${url}?outcome=send`)).json)
    .toMatchObject({ items: [{ workflow: "order.mail", channel: "email", message: { state: "sent" } }] });
  await api.put("/v1/recipients/anna/preferences", { categories: { orders: { email: "off" } } });
  await send();
  await expect
    .poll(async () => (await api.call("GET", `${url}?outcome=not_sent&category=orders&channel=email`)).json)
    .toMatchObject({ items: [{ decisions: [{ rule: "recipient_category" }] }] });

  const { stdout, code } = await run("why", "anna");
  expect(code).toBe(0);
  const lines = stdout.trim().split("\n");
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(
    /order\.mail +email +Not sent by email: the recipient's choice for the category switches it off$/,
  );
  expect(lines[2]).toMatch(/sent +Sent: .*\. The provider has taken it$/);
  expect(lines[3]).toMatch(/Not sent: nobody of this id is known$/);
  const json = await run("why", "anna", "--channel", "email", "--limit", "1", "--json");
  expect(JSON.parse(json.stdout)).toMatchObject({ items: [{ channel: "email" }], more: true });
}, 60_000);

test("what is no filter is refused by its name, and a cursor of another list is none", async () => {
  const refused = await api.call("GET", "/v1/recipients/anna/decisions?outcome=NO&event=1");
  expect(refused.status).toBe(400);
  expect(refused.json).toMatchObject({ errors: [{ path: "outcome" }, { path: "event" }] });
  expect((await api.call("GET", "/v1/recipients/anna/decisions?cursor=YQ")).status).toBe(400);
});
