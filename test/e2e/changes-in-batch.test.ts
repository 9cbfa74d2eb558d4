import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventSchema } from "@tidings/contract/events";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureOrders } from "../harness/configure-orders.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings-changes-"));
let server: ServerProcess;
let api: Api;
beforeAll(async () => {
  server = await startServerProcess(folder);
  api = new Api(server.url);
  await configureOrders(api);
}, 30_000);
afterAll(async () => {
  await api.close();
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

const people = Array.from({ length: 100 }, (_, number) => ({ id: `u${number}`, wants: number % 2 === 0 }));
const resultsSchema = z.object({ results: z.array(z.object({ id: z.string() })) });

/** Each of them as they are, what they choose, and what they then are or are not sent. */
async function send(choose: (wants: boolean) => "on" | "off"): Promise<string[]> {
  const events = people.flatMap(({ id, wants }) => [
    { name: "recipient.updated", recipients: [id], data: { email: `${id}@example.org` } },
    { name: "preference.updated", recipients: [id], data: { categories: { orders: { email: choose(wants) } } } },
    { name: "order.mail", recipients: [id], data: { order: id } },
  ]);
  const { status, json } = await api.call("POST", "/v1/events/batch", { events });
  expect(status).toBe(202);
  return resultsSchema.parse(json).results.flatMap(({ id }, index) => (index % 3 === 2 ? [id] : []));
}

/** What an event came to, once that is decided. */
async function outcome(id: string): Promise<string | undefined> {
  const settled = async () => {
    const { runs, decisions } = eventSchema.parse((await api.call("GET", `/v1/events/${id}`)).json);
    if (runs.some(({ messages }) => messages.length > 0)) return "message";
    return decisions.find((decision) => decision.outcome === "not_sent")?.rule;
  };
  return vi.waitUntil(settled, { timeout: 10_000, interval: 100 });
}
const outcomes = (ids: readonly string[]) => Promise.all(ids.map(outcome));

test("events of a batch are decided by the changes in front of them, whoever they are about", async () => {
  const expected = (isOn: (wants: boolean) => boolean) =>
    people.map(({ wants }) => (isOn(wants) ? "message" : "recipient_category"));
  expect(await outcomes(await send((wants) => (wants ? "on" : "off")))).toEqual(expected((wants) => wants));
  // Those who are known already, and whom the server may have in memory.
  expect(await outcomes(await send((wants) => (wants ? "off" : "on")))).toEqual(expected((wants) => !wants));
}, 60_000);
