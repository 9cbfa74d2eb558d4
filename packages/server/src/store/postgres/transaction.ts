import type { Lane } from "@tidings/contract/words";
import { StatisticSums } from "../sql/statistics.ts";
import { StoreUnavailable } from "../sql/unavailable.ts";
import type { CallContext, Holding } from "./context.ts";
import type { Lent } from "./lent.ts";
import type { Pool } from "./pool.ts";
import { codeOf } from "./sql-state.ts";
import { writeStatistics } from "./statistics.ts";
import { type Endpoints, WebhookOutbox } from "./webhook-outbox.ts";

/** Another transaction was in the way, and this one can simply run again. */
const again = new Set(["40001", "40P01"]);
const triesMax = 5;
/** The server takes no writes any more: another has its place, which a new connection finds. */
const readOnly = "25006";

interface Parts {
  pool: Pool;
  holding: Holding;
  endpoints: Endpoints;
}

/**
 * One call as one transaction. `begin` travels with the call's first statement, sums and `commit` with each other. A
 * connection that is lost leaves the call's end unknown: it is refused, and whoever tries again meets the store's own
 * compare-and-sets. A deadlock runs again by itself.
 */
export async function transaction<T>(parts: Parts, lane: Lane, call: (context: CallContext) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const lent = await parts.pool.take(lane);
    try {
      return await once(parts, lent, call);
    } catch (error) {
      if (tries < triesMax && again.has(codeOf(error))) continue;
      throw refusal(error);
    }
  }
}

async function once<T>({ holding, endpoints }: Parts, lent: Lent, call: (context: CallContext) => Promise<T>) {
  const sql = lent.session;
  const sums = new StatisticSums();
  const webhooks = new WebhookOutbox(endpoints);
  const context: CallContext = {
    sql,
    holding,
    webhooks,
    count: sums.add,
  };
  const begun = sql.exec("begin");
  // Whoever waits for the first statement hears of it; nobody has to hear twice.
  begun.catch(() => {});
  try {
    const result = await call(context);
    await begun;
    sums.keep();
    await webhooks.write(sql);
    const counted = writeStatistics(sql, sums);
    // Sent behind the sums at once; where those failed it is a rollback, and their failure is what is told.
    const committed = sql.exec("commit");
    await Promise.all([counted, committed]);
    webhooks.ended();
    lent.release(false);
    return result;
  } catch (error) {
    webhooks.ended();
    await rollBack(lent, codeOf(error) === readOnly);
    throw error;
  }
}

async function rollBack(lent: Lent, isOver: boolean): Promise<void> {
  try {
    await lent.session.exec("rollback");
    lent.release(isOver);
  } catch {
    lent.release(true);
  }
}

/**
 * Faults of connections and of a server that starts or ends (SQLSTATE classes 08, 53, 57), that takes no writes, or that gave
 * up a connection on which we were silent (25P03), are temporary; others are ours.
 */
function refusal(error: unknown): Error {
  if (error instanceof StoreUnavailable) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const isTemporary = code === "" || /^(08|53|57|25006|25P03|E)/.test(code);
  if (isTemporary)
    return Object.assign(new StoreUnavailable(`the database did not answer: ${message}`), { cause: error });
  return error instanceof Error ? error : new Error(message);
}
