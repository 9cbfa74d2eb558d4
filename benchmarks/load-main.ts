import { parseArgs } from "node:util";
import { Pool } from "undici";
import { apiKey } from "../test/harness/server-process.ts";

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
const pool = new Pool(values.url, { connections: Number(values.connections), pipelining: 1 });
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

async function send(number: number, from: number): Promise<void> {
  const { statusCode, body } = await pool.request({ method: "POST", path, headers, body: bodyOf(number) });
  await body.dump();
  latencies.push(performance.now() - from);
  statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
}

async function caller(): Promise<void> {
  while (sent < requests) {
    sent += 1;
    await send(sent, performance.now());
  }
}

async function openLoop(): Promise<void> {
  const startedAt = performance.now();
  const pending: Promise<void>[] = [];
  while (sent < requests) {
    const due = Math.min(requests, Math.floor(((performance.now() - startedAt) * rate) / 1000));
    while (sent < due) {
      sent += 1;
      pending.push(send(sent, startedAt + (sent * 1000) / rate));
    }
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
  await Promise.all(pending);
}

const startedAt = performance.now();
if (rate > 0) await openLoop();
else await Promise.all(Array.from({ length: Number(values.connections) }, caller));
const tookMs = performance.now() - startedAt;
latencies.sort((a, b) => a - b);
const quantile = (part: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
process.stdout.write(
  `${JSON.stringify({ tookMs, statuses, p50: quantile(0.5), p99: quantile(0.99), p999: quantile(0.999) })}\n`,
);
await pool.destroy();
