import { parseArgs } from "node:util";
import { Client } from "pg";
import { openCorner, times } from "../packages/server/src/store/conformance/corner.conformance.ts";
import { openPostgresPool, postgresStore } from "../packages/server/src/store/postgres/postgres.ts";
import { Servers } from "../packages/server/src/store/postgres/servers.ts";
import { databaseOf } from "../test/harness/engine.ts";
import { median } from "./measures.ts";

/*
 * Dequeuing from PostgreSQL's rows while somebody else's transaction stands open for minutes: what was settled since it began
 * cannot be cleared away, and looks pass it. Messages are made, claimed and settled in batches, steadily; what is told is the time
 * that claiming and settling take, by ten seconds: before, in the last part with the transaction, and after it.
 *
 * TIDINGS_TEST_DATABASE_URL names the server.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "180" },
    before: { type: "string", default: "60" },
    batch: { type: "string", default: "500" },
  },
});
const batch = Number(values.batch);
const spanMs = 10_000;

const url = await databaseOf(`held_${Date.now()}`);
const pool = await openPostgresPool({
  servers: new Servers([{ url, tls: { mode: "off", caFile: "" } }]),
  silentMaxMs: 60_000,
  connectTimeoutMs: 5000,
  statementTimeoutMs: 60_000,
  applicationName: "tidings-benchmark",
  connectionsMax: 4,
  waitingMax: 10_000,
  waitMaxMs: 60_000,
});
const store = postgresStore(pool, { number: 1, holderOf: () => 0 }, { onCall: () => {} });
const corner = await openCorner(store);

/** Makes, claims and settles one batch; gives the ms of claiming and settling. */
async function turn(): Promise<number> {
  const { environmentId } = corner;
  const at = Date.now();
  await corner.queuedAll(times(batch, () => ({ channel: "sms" as const, lane: "transactional" as const, dueAt: at })));
  const startedAt = performance.now();
  const ids = await store.dueMessages({ channel: "sms", lane: "transactional", now: at, limit: batch, node: "here" });
  if (ids.length !== batch) throw new Error(`${ids.length} of ${batch} were found`);
  await store.settleMessages({
    settlements: ids.map((messageId) => ({
      environmentId,
      messageId,
      attempts: 0,
      at,
      after: { state: "canceled" as const, reason: "address_removed" },
    })),
  });
  return performance.now() - startedAt;
}

/** Dequeued messages per second of dequeuing, by spans. */
async function spans(what: string, seconds: number): Promise<number[]> {
  const rates: number[] = [];
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const end = Math.min(until, performance.now() + spanMs);
    const turns: number[] = [];
    while (performance.now() < end) turns.push(await turn());
    rates.push((batch * 1000) / median(turns));
    process.stdout.write(`${what.padEnd(20)} ${Math.round(rates.at(-1) ?? 0)}/s (${turns.length} batches)\n`);
  }
  return rates;
}

await spans("warming up", 10);
const before = await spans("before", Number(values.before));
const holder = new Client({ connectionString: url });
await holder.connect();
await holder.query("begin isolation level repeatable read");
await holder.query("select count(*) from message");
const held = await spans("transaction open", Number(values.seconds));
await holder.query("commit");
await holder.end();
const after = await spans("after", Number(values.before));
const baseline = median([...before, ...after]);
const last = median(held.slice(-3));
process.stdout.write(
  `baseline ${Math.round(baseline)}/s, last half minute with the transaction ${Math.round(last)}/s: ${Math.round((last / baseline) * 100)} %\n`,
);
await store.close();
