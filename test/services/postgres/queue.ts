import { afterAll } from "vitest";
import { SimulatedClock } from "../../../packages/server/src/lib/simulated-clock.ts";
import type { OpenTopics } from "../../../packages/server/src/ports/queue.ts";
import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import { EmbeddedQueue } from "../../../packages/server/src/queue/embedded.ts";
import { findDue } from "../../../packages/server/src/queue/find-due.ts";
import { queueConformance } from "../../../packages/server/src/queue/queue.conformance.ts";
import { workKinds } from "../../../packages/server/src/queue/work-kinds.conformance.ts";
import { openCorner } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import type { Holding } from "../../../packages/server/src/store/postgres/context.ts";
import { PostgresOpenTopics } from "../../../packages/server/src/store/postgres/open-topics.ts";
import type { Pool } from "../../../packages/server/src/store/postgres/pool.ts";
import type { Postgres } from "../servers/postgres.ts";
import { openStore, ownDatabase } from "./database.ts";

const pollMs = 200;
const itemsMax = 20;
const holding: Holding = { number: 1, holderOf: () => 0 };

/** The store's rows as a queue, on a real server, under a clock that stands still between its steps. */
export function queueSuite(name: string, server: () => Postgres): void {
  let shared: Promise<{ store: Store; pool: Pool }> | undefined;
  afterAll(async () => (await shared)?.store.close());
  for (const { topic, work, settle } of workKinds) {
    queueConformance(`${name}, ${topic}`, async () => {
      // One store for all tests: each has a corner of its own, in which nothing of the others is due.
      shared ??= ownDatabase(server()).then((url) => openStore(url, holding));
      const { store: own, pool } = await shared;
      const { counted, quiet } = calls();
      const [store, openTopics] = [counted(own), counted<OpenTopics>(new PostgresOpenTopics(pool, holding))];
      const corner = await openCorner(store);
      const clock = new SimulatedClock(corner.at);
      const faults: unknown[] = [];
      const rest = async (): Promise<void> => {
        // An answer sets off what follows it within this turn of the event loop or the next.
        for (let quietTurns = 0; quietTurns < 3; quietTurns = (await quiet()) ? 0 : quietTurns + 1) {
          await clock.settleTo(clock.now());
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      return {
        topic,
        make: () =>
          new EmbeddedQueue({
            clock,
            findDue: (each, limit) => findDue(store, each, { now: clock.now(), limit, node: "here" }),
            openAmong: (topics) => openTopics.among(topics, clock.now()),
            itemsMax,
            pollMs,
            onFault: (_, error) => faults.push(error),
          }),
        itemsMax,
        faults,
        work: (count, tenant = "") => work(corner, count, tenant),
        settle: async (ids) => void (await settle(corner, ids)),
        poll: async () => {
          await clock.settleTo(clock.now() + pollMs);
          await rest();
        },
        rest,
        close: async () => {},
      };
    });
  }
}

/** Knows whether calls of what it counts are under way. `quiet` waits for those, and says whether there were any. */
function calls() {
  const open = new Set<Promise<unknown>>();
  const counted = <T extends object>(own: T): T =>
    new Proxy(own, {
      get(target, name) {
        const call: unknown = Reflect.get(target, name);
        if (typeof call !== "function") return call;
        return (...input: unknown[]) => {
          const running: Promise<unknown> = Reflect.apply(call, target, input);
          open.add(running);
          const ended = (): boolean => open.delete(running);
          running.then(ended, ended);
          return running;
        };
      },
    });
  return {
    counted,
    quiet: async () => {
      if (open.size === 0) return false;
      await Promise.allSettled(open);
      return true;
    },
  };
}
