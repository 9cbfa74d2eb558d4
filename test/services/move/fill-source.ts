import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepareEnvironments } from "../../../packages/server/src/composition/environments.ts";
import { sealContext } from "../../../packages/server/src/domain/event-payload.ts";
import { Keyring } from "../../../packages/server/src/lib/keyring.ts";
import { SystemClock } from "../../../packages/server/src/lib/system-clock.ts";
import { SystemRandom } from "../../../packages/server/src/lib/system-random.ts";
import type { NewMessage } from "../../../packages/server/src/ports/store/orchestrate.ts";
import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import { times } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import { Rows } from "../../../packages/server/src/store/conformance/rows.conformance.ts";
import { Database } from "../../../packages/server/src/store/sqlite/database.ts";
import { inProcessStore } from "../../../packages/server/src/store/sqlite/in-process.ts";
import { migrate } from "../../../packages/server/src/store/sqlite/migrate.ts";

const perEvent = 4;
const eventsPerCall = 250;
const recipients = 20_000;
const dayMs = 86_400_000;
/** The messages lie in so many days up to now. */
const days = 60;

interface Filling {
  store: Store;
  keyring: Keyring;
  environmentId: number;
  otherId: number;
}

/**
 * Makes a data directory of a server that has sent so many messages over two months: one in ten in two attempts, one in a
 * hundred dead, one in a hundred still to be sent a day from now. Written by the store itself, many rows per commit.
 */
export async function fillSource(directory: string, messages: number): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const random = new SystemRandom();
  const master = random.bytes(32);
  writeFileSync(join(directory, "master.key"), master.toString("base64"), { mode: 0o600 });
  const database = new Database(join(directory, "tidings.db"), { cacheMib: 256, checkpointPages: 20_000 });
  // A power cut may lose it: it is made anew then.
  database.exec("pragma synchronous = off");
  migrate(database, Date.now());
  const store = inProcessStore(database, {
    limits: { turnMs: 1000, turnCallsMax: 100 },
    monotonic: () => performance.now(),
    schedule: (turn) => setImmediate(turn),
  });
  const keyring = new Keyring(master, (length) => random.bytes(length), 1000);
  const [first, second] = await prepareEnvironments({ store, keyring, clock: new SystemClock() });
  const filling = { store, keyring, environmentId: first?.id ?? 0, otherId: second?.id ?? 0 };
  const calls = Math.ceil(messages / (perEvent * eventsPerCall));
  const now = Date.now();
  for (const call of times(calls, (index) => index)) {
    const at = Math.floor(now - days * dayMs + (call / calls) * days * dayMs);
    await fillSome(filling, at, Math.min(messages - call * perEvent * eventsPerCall, perEvent * eventsPerCall), call);
  }
  await store.close();
  database.close();
}

async function fillSome({ store, keyring, environmentId, otherId }: Filling, at: number, count: number, call: number) {
  const rows = new Rows(store, at, environmentId, otherId);
  const payload = JSON.stringify({ data: { order: call, items: times(5, (item) => `item ${item}`) }, recipients: [] });
  const events = times(Math.ceil(count / perEvent), (index) =>
    rows.event({
      payload: keyring.sealForEnvironment(environmentId, sealContext.payload, payload),
      idempotency: {
        keyHash: keyring.hash(environmentId, "key", `${call} ${index}`),
        bodyHash: "b".repeat(64),
        expiresAt: at + dayMs,
      },
    }),
  );
  await store.acceptEvents({ events });
  const messages: NewMessage[] = times(count, (index) => {
    const number = (call * perEvent * eventsPerCall + index) % recipients;
    return rows.message({
      eventId: events[Math.floor(index / perEvent)]?.id ?? "",
      runId: rows.id(),
      recipient: `user_${number}`,
      addressHash: keyring.hash(environmentId, "email", `user_${number}@example.org`),
      dueAt: index % 100 === 50 ? Date.now() + dayMs : at,
      decisions: JSON.stringify([{ outcome: "send", reason: "category_default", detail: "orders" }]),
    });
  });
  const written = events.map((event, index) =>
    rows.turn(event, {
      messages: messages.slice(index * perEvent, (index + 1) * perEvent),
      recipients: messages
        .slice(index * perEvent, (index + 1) * perEvent)
        .map(({ recipient, addressHash }) =>
          rows.recipient({ id: recipient, addresses: [{ channel: "email", hash: addressHash }] }),
        ),
      decisions: index % 10 === 0 ? [rows.decision({ eventId: event.id })] : [],
    }),
  );
  await store.commitEvents({ turns: written });
  await settle(
    store,
    rows,
    messages.filter((_, index) => index % 100 !== 50),
  );
}

async function settle(store: Store, rows: Rows, messages: readonly NewMessage[]): Promise<void> {
  const lane = "transactional";
  const start = (some: readonly NewMessage[], number: number) =>
    store.startAttempts({ attempts: some.map((message) => rows.attempt(message, { number })), lane });
  await start(messages, 1);
  const retried = messages.filter((_, index) => index % 10 === 0);
  const outcomes = messages.map((message, index) => {
    if (index % 10 !== 0) return rows.outcome(message, index % 100 === 1 ? dead : {});
    return rows.outcome(message, { outcome: "rejected", code: "451", after: { state: "queued", dueAt: rows.at } });
  });
  await store.recordOutcomes({ outcomes, lane });
  await start(retried, 2);
  await store.recordOutcomes({ outcomes: retried.map((message) => rows.outcome(message, { number: 2 })), lane });
}

const dead = {
  outcome: "rejected" as const,
  code: "550",
  after: { state: "dead" as const, reason: "refused", detail: "550" },
};
