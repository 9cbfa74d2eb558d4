import type { ReadContext } from "../context.ts";
import type { Lent } from "../lent.ts";
import type { Freshness } from "./freshness.ts";

/**
 * One call on a connection to a replica, with a look at how far that is behind in front of it: what the call sees is as new
 * as what the look saw, or newer. All of it travels together. Rejects with nothing told where the look does.
 */
export async function readOnce<T>(
  lent: Lent,
  freshness: Freshness,
  call: (context: ReadContext) => Promise<T>,
): Promise<{ value: T; behindMs: number }> {
  const { session } = lent;
  // None may go on with the connection after it was given back.
  const [begun, looked, called] = await Promise.allSettled([
    session.exec("begin read only"),
    freshness.look(session),
    call({ sql: session }),
  ]);
  try {
    if (begun.status === "rejected") throw begun.reason;
    if (looked.status === "rejected") throw looked.reason;
    if (called.status === "rejected") throw called.reason;
    await session.exec("commit");
    lent.release(false);
    return { value: called.value, behindMs: looked.value };
  } catch (error) {
    // The next connection may go to a server that is fit.
    lent.release(true);
    throw error;
  }
}
