import type { Lane } from "@tidings/contract/words";
import type { Store } from "../../ports/store/store.ts";
import { laneOfCall } from "../sql/lane-of-call.ts";
import { calls } from "./calls.ts";
import type { CallContext, CallName, Holding } from "./context.ts";
import { refuseLosing } from "./durability.ts";
import type { PoolSettings } from "./lent.ts";
import { migrate } from "./migrate.ts";
import { refuseHalfMoved } from "./move-state.ts";
import { Pool } from "./pool.ts";
import { transaction } from "./transaction.ts";
import { Endpoints } from "./webhook-outbox.ts";

/** Opens the database and brings its schema up to date. */
export async function openPostgresPool(settings: PoolSettings): Promise<Pool> {
  const pool = new Pool(settings);
  try {
    const lent = await pool.take("critical");
    try {
      await refuseLosing(lent.session);
      await migrate(lent.session, Date.now());
      await refuseHalfMoved(lent.session);
    } finally {
      lent.release(true);
    }
    return pool;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/** The Store port over a pool: each call is a transaction on a connection of its own. */
export function postgresStore(pool: Pool, holding: Holding, hooks: { onCall: (tookMs: number) => void }): Store {
  const parts = { pool, holding, endpoints: new Endpoints() };
  const open = new Set<Promise<unknown>>();
  const dispatch = async (name: CallName, input: unknown, lane: Lane): Promise<unknown> => {
    const startedAt = performance.now();
    const call = calls[name] as (context: CallContext, input: unknown) => Promise<unknown>;
    const running = transaction(parts, lane, (context) => call(context, input));
    open.add(running);
    try {
      return await running;
    } finally {
      open.delete(running);
      hooks.onCall(performance.now() - startedAt);
    }
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= Promise.allSettled(open).then(() => pool.end());
    return closing;
  };
  const store: Record<string, unknown> = { close };
  for (const name of Object.keys(calls))
    store[name] = (input: unknown) => dispatch(name as CallName, input, laneOfCall(input));
  return store as unknown as Store;
}
