import type { StoreCalls } from "../../ports/store/store.ts";
import type { Count } from "../sql/counted.ts";
import type { Session } from "./session.ts";
import type { WebhookOutbox } from "./webhook-outbox.ts";

/** What a process has in its own memory at once with the commit, where it runs the role that comes next. */
export interface Holding {
  /** This process's number among the workers, which its rows carry; 0 where nobody is to hold them. */
  readonly number: number;
  /** What new rows of this kind carry: this process's number, `published`, or 0 where whoever looks is to take them. */
  holderOf(kind: "events" | "runs" | "delivery"): number;
}

/**
 * Holder of a row whose id went to a broker, which gives it to whoever is to take it: no look finds it. What the broker
 * lost is freed by `PublishedRows`.
 */
export const published = -1;

/** What becomes of new rows of a kind with their commit. */
export type WayOf = (kind: "events" | "runs" | "delivery") => "held" | "published" | "free";

/** What a call works with, inside a transaction of its own. */
export interface CallContext {
  sql: Session;
  holding: Holding;
  /** What endpoints are to be told of changes that the call makes: gathered, and written before its commit. */
  webhooks: WebhookOutbox;
  /** Written before the call's commit. */
  count: Count;
}

export type CallName = keyof StoreCalls;
export type CallInput<Name extends CallName> = Parameters<StoreCalls[Name]>[0];
export type CallOutput<Name extends CallName> = Awaited<ReturnType<StoreCalls[Name]>>;

/** The Store port as this engine implements it, one call per file: each inside an open transaction. */
export type PostgresCalls = {
  [Name in CallName]: (context: CallContext, input: CallInput<Name>) => Promise<CallOutput<Name>>;
};
export type Call<Name extends CallName> = PostgresCalls[Name];

/** What a call has that reads and nothing else. */
export type ReadContext = Pick<CallContext, "sql">;
/** A call that can be asked of a server that takes no writes. */
export type Read<Name extends CallName> = (context: ReadContext, input: CallInput<Name>) => Promise<CallOutput<Name>>;
