import type { Lane } from "@tidings/contract/words";
import type { Pool } from "./pool.ts";
import type { Session } from "./session.ts";

/** Lends a connection to `work`; one on which it failed is looked at before anybody else gets it. */
export async function withSession<T>(pool: Pool, lane: Lane, work: (session: Session) => Promise<T>): Promise<T> {
  const lent = await pool.take(lane);
  try {
    const result = await work(lent.session);
    lent.release(false);
    return result;
  } catch (error) {
    lent.release(true);
    throw error;
  }
}
