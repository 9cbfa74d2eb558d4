import { describe, test } from "vitest";
import { eventLoopTurn } from "../../../packages/server/src/lib/event-loop-turn.ts";
import type { DigestEngine } from "../../../packages/server/src/pipeline/orchestrate/digest-bench.conformance.ts";
import type { Life } from "../../../packages/server/src/pipeline/orchestrate/dying-store.conformance.ts";
import {
  manyOfAStep,
  manyOfPreferences,
  manyTimeoutMs,
} from "../../../packages/server/src/pipeline/orchestrate/many-digests.conformance.ts";
import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import type { Pool } from "../../../packages/server/src/store/postgres/pool.ts";
import { openPostgresPool, postgresStore } from "../../../packages/server/src/store/postgres/postgres.ts";
import type { Postgres } from "../servers/postgres.ts";
import { ownDatabase, poolSettings } from "./database.ts";

/** Processes of one database under a simulated clock, which stands still while a call is under way. */
class ProcessesOn implements DigestEngine {
  readonly #pool: Pool;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** All are one worker, so that what one held when it died is the next one's. */
  open(life?: Life): Store {
    const store = postgresStore(this.#pool, { number: 1, holderOf: () => 0 }, { onCall: () => {} });
    let calls = 0;
    const called = (call: () => Promise<unknown>): Promise<unknown> => {
      calls += 1;
      const isOver = life !== undefined && calls >= life.after;
      if (isOver && calls === life.after) life.crash();
      // Of its last call it never hears: every other time the server got that, and did it.
      if (isOver && (calls > life.after || calls % 2 === 0)) return new Promise(() => undefined);
      const made = this.#counted(call());
      return isOver ? new Promise(() => undefined) : made;
    };
    return new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => called(() => Promise.resolve(Reflect.apply(value, target, args)));
      },
    });
  }

  settle = async (): Promise<void> => {
    await eventLoopTurn();
    while (this.#underWay.size > 0) {
      await Promise.race(this.#underWay);
      await eventLoopTurn();
    }
  };

  async #counted(call: Promise<unknown>): Promise<unknown> {
    this.#underWay.add(call);
    try {
      return await call;
    } finally {
      this.#underWay.delete(call);
    }
  }
}

/** Digests that processes gather which die meanwhile. */
export function manyDigestsSuite(server: () => Postgres): void {
  describe("many digests at once", { timeout: 60_000 + 3 * manyTimeoutMs }, () => {
    const onDatabase = async (run: (engine: DigestEngine) => Promise<void>) => {
      const pool = await openPostgresPool(poolSettings(await ownDatabase(server())));
      try {
        await run(new ProcessesOn(pool));
      } finally {
        await pool.end();
      }
    };
    test("of a step: one of each key, with its events and no others", () => onDatabase(manyOfAStep));

    test("of preferences: one to each recipient, with their events and no others", () => onDatabase(manyOfPreferences));
  });
}
