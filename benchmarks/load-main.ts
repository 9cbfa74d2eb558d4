import { parseArgs } from "node:util";
import { pause } from "../test/harness/pause.ts";
import { apiKey } from "../test/harness/server-process.ts";
import { HttpCaller } from "./http-caller.ts";

/*
 * The load generator, a process of its own. Closed loop: `connections` callers, each sending its next request when the
 * last was answered. Open loop: requests at fixed times, whose latency counts from when they should have been sent, so
 * that a stall shows in every request that it held up. Prints one line of JSON.
 */
const { values } = parseArgs({
  options: {
    url: { type: "string", default: "" },
    requests: { type: "string", default: "1000" },
    connections: { type: "string", default: "64" },
    batch: { type: "string", default: "1" },
    rate: { type: "string", default: "0" },
    recipients: { type: "string", default: "1000" },
    event: { type: "string", default: "bench" },
    wide: { type: "string", default: "1" },
    prefix: { type: "string", default: "r" },
  },
});
const requests = Number(values.requests);
const batch = Number(values.batch);
const rate = Number(values.rate);
const recipients = Number(values.recipients);
const wide = Number(values.wide);
const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
const latencies: number[] = [];
const statuses: Record<string, number> = {};
let sent = 0;

function event(number: number): string {
  const ids: string[] = [];
  for (let index = 0; index < wide; index += 1) ids.push(`"${values.prefix}${(number * wide + index) % recipients}"`);
  return `{"name":"${values.event}","recipients":[${ids.join(",")}],"data":{"order":"order-${number}","name":"Anna","items":[{"name":"Lamp","count":2},{"name":"Chair","count":1}],"url":"https://shop.example/orders/${number}"}}`;
}

function bodyOf(number: number): string {
  if (batch === 1) return event(number);
  const events: string[] = [];
  for (let index = 0; index < batch; index += 1) events.push(event(number * batch + index));
  return `{"events":[${events.join(",")}]}`;
}

const path = batch === 1 ? "/v1/events" : "/v1/events/batch";

async function send(caller: HttpCaller, number: number, from: number): Promise<void> {
  const status = await caller.post(bodyOf(number));
  latencies.push(performance.now() - from);
  statuses[status] = (statuses[status] ?? 0) + 1;
}

async function closedLoop(caller: HttpCaller): Promise<void> {
  while (sent < requests) {
    sent += 1;
    await send(caller, sent, performance.now());
  }
}

/** A request whose time has come takes the first free connection; it waits for one where all are busy. */
async function openLoop(callers: HttpCaller[]): Promise<void> {
  const startedAt = performance.now();
  const idle = [...callers];
  const underWay = new Set<Promise<void>>();
  const due = (): number => Math.min(requests, Math.floor(((performance.now() - startedAt) * rate) / 1000));
  const dispatch = (): void => {
    // The one that was idle the longest, so that the server ends none of them for being silent.
    for (let caller = idle.shift(); caller !== undefined; caller = idle.shift()) {
      if (sent >= due()) {
        idle.unshift(caller);
        return;
      }
      sent += 1;
      const free = caller;
      const call = send(free, sent, startedAt + (sent * 1000) / rate).then(() => {
        idle.push(free);
        underWay.delete(call);
        dispatch();
      });
      underWay.add(call);
    }
  };
  // One timer for all connections: a timer for each of them took a core of the two that are measured.
  while (sent < requests) {
    dispatch();
    await pause(1);
  }
  await Promise.all(underWay);
}

const callers = await Promise.all(
  Array.from({ length: Number(values.connections) }, () => HttpCaller.open(values.url, path, headers)),
);
const startedAt = performance.now();
if (rate > 0) await openLoop(callers);
else await Promise.all(callers.map(closedLoop));
const tookMs = performance.now() - startedAt;
latencies.sort((a, b) => a - b);
const quantile = (part: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
process.stdout.write(
  `${JSON.stringify({ tookMs, statuses, p50: quantile(0.5), p99: quantile(0.99), p999: quantile(0.999) })}\n`,
);
for (const caller of callers) caller.close();
