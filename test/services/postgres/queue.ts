import { afterAll } from "vitest";
import { SimulatedClock } from "../../../packages/server/src/lib/simulated-clock.ts";
import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import { EmbeddedQueue } from "../../../packages/server/src/queue/embedded.ts";
import { findDue } from "../../../packages/server/src/queue/find-due.ts";
import { queueConformance } from "../../../packages/server/src/queue/queue.conformance.ts";
import { workKinds } from "../../../packages/server/src/queue/work-kinds.conformance.ts";
import { openCorner } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import type { Postgres } from "../servers/postgres.ts";
import { openStore, ownDatabase } from "./database.ts";

const pollMs = 200;
const itemsMax = 20;

/** The store's rows as a queue, on a real server, under a clock that stands still between its steps. */
export function queueSuite(name: string, server: () => Postgres): void {
  let shared: Promise<Store> | undefined;
  afterAll(async () => (await shared)?.close());
  for (const { topic, work, settle } of workKinds) {
    queueConformance(`${name}, ${topic}`, async () => {
      // One store for all tests: each has a corner of its own, in which nothing of the others is due.
      shared ??= ownDatabase(server())
        .then((url) => openStore(url))
        .then(({ store: opened }) => opened);
      const { store, quiet } = counted(await shared);
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

/** A store that knows whether calls are under way. `quiet` waits for those, and says whether there were any. */
function counted(own: Store): { store: Store; quiet: () => Promise<boolean> } {
  const open = new Set<Promise<unknown>>();
  const store = new Proxy(own, {
    get(target, name, receiver) {
      const call: unknown = Reflect.get(target, name, receiver);
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
    store,
    quiet: async () => {
      if (open.size === 0) return false;
      await Promise.allSettled(open);
      return true;
    },
  };
}
