import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inboxChangeSchema } from "@tidings/contract/inbox";
import { WebSocket } from "ws";
import { Api } from "../test/harness/api.ts";
import { stopChild } from "../test/harness/child.ts";
import { residentMib } from "../test/harness/cpu.ts";
import { configureInbox, sendNote, tokenOf } from "../test/harness/inbox-world.ts";
import { pause } from "../test/harness/pause.ts";
import { startServerProcess } from "../test/harness/server-process.ts";
import { quantiles } from "./measures.ts";

/*
 * The inbox on a real server: how long after its 202 an event is at both sockets of its recipient, and how long one event
 * for many recipients takes to reach all of their sockets. The watching side is this process, on the same machine.
 */
const { values } = parseArgs({
  options: {
    events: { type: "string", default: "1000" },
    ratePerSecond: { type: "string", default: "50" },
    sockets: { type: "string", default: "1000" },
    broadcasts: { type: "string", default: "5" },
  },
});
const latencyMaxMs = 300;
const broadcastMaxMs = 1000;

/** When each text arrived at a socket. */
class Watcher {
  readonly arrived = new Map<string, number>();
  readonly ready: Promise<void>;
  readonly #socket: WebSocket;

  constructor(url: string, token: string, onArrival: () => void) {
    this.#socket = new WebSocket(`${url.replace("http", "ws")}/v1/inbox/socket?token=${token}`);
    this.ready = new Promise((resolve, reject) => {
      this.#socket.once("error", reject);
      this.#socket.on("message", (data) => {
        const { type, item } = inboxChangeSchema.parse(JSON.parse(String(data)));
        if (type === "reset") resolve();
        if (item === undefined || this.arrived.has(item.text)) return;
        this.arrived.set(item.text, performance.now());
        onArrival();
      });
    });
  }

  close(): void {
    this.#socket.terminate();
  }
}

const folder = mkdtempSync(join(tmpdir(), "tidings-inbox-bench-"));
const server = await startServerProcess(join(folder, "data"), { TIDINGS_INBOX_CONNECTIONS_MAX: "20000" });
const api = new Api(server.url, 32);
let faults = 0;

function report(name: string, figures: string, holds: boolean): void {
  if (!holds) faults += 1;
  process.stdout.write(`${holds ? "ok  " : "FAIL"} ${name.padEnd(44)} ${figures}\n`);
}

/** From the 202 to the later of two sockets, at an even rate. */
async function latency(count: number, ratePerSecond: number): Promise<void> {
  const token = await tokenOf(api, "anna");
  const watchers = [1, 2].map(() => new Watcher(server.url, token, () => {}));
  await Promise.all(watchers.map(({ ready }) => ready));
  const answered = new Map<string, number>();
  const sending: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const n = `n${index}`;
    sending.push(sendNote(api, "anna", n).then(() => void answered.set(n, performance.now())));
    await pause(1000 / ratePerSecond);
  }
  await Promise.all(sending);
  await allArrived(watchers, count);
  const took = [...answered].map(([n, at]) => Math.max(...watchers.map(({ arrived }) => (arrived.get(n) ?? 0) - at)));
  const { p50, p99, p999 } = quantiles(took);
  const max = Math.max(...took);
  const ms = [p50, p99, p999, max].map((value) => value.toFixed(1));
  report(
    `202 to both sockets, ${count} events at ${ratePerSecond}/s`,
    `p50 p99 p99.9 max ${ms.join(" ")} ms`,
    p99 <= latencyMaxMs,
  );
  for (const watcher of watchers) watcher.close();
}

async function allArrived(watchers: readonly Watcher[], count: number): Promise<void> {
  const until = performance.now() + 30_000;
  while (watchers.some(({ arrived }) => arrived.size < count)) {
    if (performance.now() > until) throw new Error("not everything arrived within 30 s");
    await pause(20);
  }
}

/** One event for many recipients, each with a socket: from its 202 to the last socket. */
async function broadcast(sockets: number, times: number): Promise<void> {
  const names = Array.from({ length: sockets }, (_, index) => `r${index}`);
  let left = 0;
  let done: () => void = () => {};
  const watchers: Watcher[] = [];
  for (let from = 0; from < sockets; from += 50) {
    const some = await Promise.all(
      names.slice(from, from + 50).map(async (name) => {
        await api.put(`/v1/recipients/${name}`, {});
        return new Watcher(server.url, await tokenOf(api, name), () => {
          left -= 1;
          if (left === 0) done();
        });
      }),
    );
    await Promise.all(some.map(({ ready }) => ready));
    watchers.push(...some);
  }
  const took: number[] = [];
  for (let round = 0; round < times; round += 1) {
    left = sockets;
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    const { status } = await api.call("POST", "/v1/events", {
      name: "note",
      recipients: names,
      data: { n: `all${round}` },
    });
    const at = performance.now();
    if (status !== 202) throw new Error(`the broadcast was answered with ${status}`);
    await all;
    took.push(performance.now() - at);
  }
  const worst = Math.max(...took);
  const figures = `${took.map((each) => each.toFixed(0)).join(" ")} ms, RSS ${residentMib(server.pid).toFixed(0)} MiB`;
  report(`one event to ${sockets} sockets, ${times} times`, figures, worst <= broadcastMaxMs);
  for (const watcher of watchers) watcher.close();
}

try {
  await configureInbox(api);
  await latency(Number(values.events), Number(values.ratePerSecond));
  await broadcast(Number(values.sockets), Number(values.broadcasts));
} finally {
  await api.close();
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = faults === 0 ? 0 : 1;
