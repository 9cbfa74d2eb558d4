import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type QueueView, queueSchema } from "@tidings/contract/queues";
import { workerSchema } from "@tidings/contract/workers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { startTidings, tidings } from "../harness/cli.ts";
import { configureOrders } from "../harness/configure-orders.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings status "));
const standSchema = z.object({
  ok: z.boolean(),
  queues: z.array(queueSchema),
  workers: z.array(workerSchema),
});
type Stand = z.infer<typeof standSchema>;

let server: ServerProcess;
let api: Api;
/** Takes calls and never answers. */
let silent: Server;

beforeAll(async () => {
  silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  server = await startServerProcess(join(cwd, "data"), { TIDINGS_HOST_IN_FLIGHT_MAX: "1" });
  api = new Api(server.url);
  await configureOrders(api);
  const limits = { ratePerSecond: 0.01 };
  await api.put("/v1/integrations/mailbox", { channel: "email", provider: "sandbox", limits });
}, 30_000);

afterAll(async () => {
  await api.close();
  // What waits for a rate of one in a hundred seconds is not waited for.
  await stopChild(server, "SIGKILL");
  silent.closeAllConnections();
  silent.close();
  rmSync(cwd, { recursive: true, force: true });
});

const status = (url: string, ...args: string[]) =>
  tidings(["status", ...args], { cwd, env: { TIDINGS_URL: url, TIDINGS_API_KEY: apiKey } });

async function standOf(url: string): Promise<Stand & { code: number }> {
  const { code, stdout, stderr } = await status(url, "--json");
  expect(stderr).toBe("");
  return { code, ...standSchema.parse(JSON.parse(stdout)) };
}

async function send(to: Api, name: string, count: number): Promise<void> {
  const recipients = Array.from({ length: count }, (_, index) => ({
    id: `u${index}`,
    email: `u${index}@example.com`,
    webhook: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`,
  }));
  expect((await to.call("POST", "/v1/events", { name, recipients })).status).toBe(202);
}

const deliveryOf = ({ queues }: Stand, channel: string): QueueView | undefined =>
  queues.find((each) => each.queue === "delivery" && each.lane === "transactional" && each.channel === channel);

/** Messages that wait for an integration of the channel, once nothing else of it is under way to the store. */
function waitingIn(stand: Stand, channel: string): number {
  const buffers = stand.workers.flatMap((worker) => worker.buffers).filter((buffer) => buffer.channel === channel);
  const waiting = buffers.reduce((sum, buffer) => sum + buffer.waiting, 0);
  const isSettled = deliveryOf(stand, channel)?.due === waiting && stand.workers[0]?.inFlight === 1;
  return isSettled ? waiting : 0;
}

/** The first look that fits; work moves by itself. */
async function untilStand(url: string, fits: (stand: Stand) => boolean): Promise<Stand & { code: number }> {
  return vi.waitUntil(
    async () => {
      const stand = await standOf(url);
      return fits(stand) ? stand : undefined;
    },
    { timeout: 20_000, interval: 50 },
  );
}

describe("status", { timeout: 60_000 }, () => {
  test("tells what a rate or a busy destination holds, and by which worker; that is no fault", async () => {
    await send(api, "order.mail", 4);
    await send(api, "order.hook", 3);
    const stand = await untilStand(
      server.url,
      (each) => waitingIn(each, "email") === 3 && waitingIn(each, "webhook") === 2,
    );
    const { code, ok, workers } = stand;
    expect([code, ok]).toEqual([0, true]);
    expect(deliveryOf(stand, "email")).toMatchObject({
      due: 3,
      held: { reason: "rate_limited", detail: "3 of integration mailbox of development wait for its ratePerSecond" },
    });
    expect(deliveryOf(stand, "webhook")).toMatchObject({
      due: 2,
      held: { reason: "destination_busy" },
    });
    expect(workers).toMatchObject([
      { roles: ["api", "orchestrate", "deliver", "feedback"], state: "alive", inFlight: 1, host: expect.any(String) },
    ]);
    expect(workers[0]?.buffers).toMatchObject([
      { integration: "mailbox", environment: "development", channel: "email", waiting: 3, inFlight: 0 },
      { integration: "hook", channel: "webhook", waiting: 2, inFlight: 1, reason: "destination_busy" },
    ]);

    const shown = await status(server.url);
    expect([shown.code, shown.stderr]).toEqual([0, ""]);
    expect(shown.stdout).toMatch(/^delivery {2}transactional {2}email {4}3 .* rate_limited: 3 of integration mailbox/m);
    expect(shown.stdout).toMatch(/^\S+ {2}api,orchestrate,deliver,feedback {2}\d+\.\d+\.\d+ .* ago {2,}1$/m);
    expect(shown.stdout).toMatch(/^hook {9}development {2}webhook {2}2 .* destination_busy$/m);
  });

  test("ends with 1 where work is due and no worker takes it", async () => {
    const alone = await startServerProcess(join(cwd, "alone"), { TIDINGS_ROLES: "api" });
    const face = new Api(alone.url);
    try {
      const before = await status(alone.url);
      expect([before.code, before.stdout.split("\n")[0]]).toEqual([
        0,
        "nothing waits, and nothing came or went in the last minutes",
      ]);
      await send(face, "order.mail", 1);
      const { code, ok, queues, workers } = await standOf(alone.url);
      expect([code, ok]).toEqual([1, false]);
      expect(queues.filter(({ held }) => held !== undefined)).toMatchObject([
        { queue: "events", lane: "transactional", due: 1, held: { reason: "no_worker" } },
      ]);
      expect(workers).toMatchObject([{ roles: ["api"], inFlight: 0, buffers: [] }]);
      expect((await status(alone.url)).stdout).toContain("no_worker: no worker that is alive has the role orchestrate");
    } finally {
      await face.close();
      await stopChild(alone);
    }
  });

  test("keeps looking with --watch, also after the server was away, until it is interrupted", async () => {
    let watched = await startServerProcess(join(cwd, "watched"));
    const seen: Stand[] = [];
    let errors = "";
    const watch = await startTidings(
      ["status", "--watch", "--interval", "50", "--json", "--url", watched.url],
      {
        cwd,
        env: { TIDINGS_API_KEY: apiKey },
        onLine: (line) => seen.push(standSchema.parse(JSON.parse(line))),
        onErrorText: (text) => {
          errors += text;
        },
      },
      () => true,
    );
    const { port } = watched;
    await stopChild(watched);
    await vi.waitUntil(() => errors.includes("the server does not answer"), { timeout: 15_000 });
    const before = seen.length;
    watched = await startServerProcess(join(cwd, "watched"), {}, { port });
    await vi.waitUntil(() => seen.length > before + 1, { timeout: 15_000 });
    await stopChild(watch, "SIGINT");
    expect([watch.process.exitCode, errors]).toEqual([130, "the server does not answer; waiting for it\n"]);
    expect(seen.at(-1)?.workers[0]?.node).not.toBe(seen[0]?.workers[0]?.node);
    await stopChild(watched);
  });

  test("refuses an interval where it does not watch", async () => {
    const { code, stderr } = await status(server.url, "--interval", "100");
    expect([code, stderr]).toEqual([2, "error: --interval is for --watch\n"]);
  });
});
