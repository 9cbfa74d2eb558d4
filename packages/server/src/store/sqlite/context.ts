import type { Channel, Lane } from "@tidings/contract/words";
import type { StoreCalls } from "../../ports/store/store.ts";
import type { Database } from "./database.ts";

/** What is counted per minute. */
export interface StatisticKey {
  environmentId: number;
  metric:
    | "accepted"
    | "queued"
    | "sent"
    | "delivered"
    | "failed"
    | "bounced"
    | "suppressed"
    | "expired"
    | "canceled"
    | "dead"
    | "unknown"
    | "retried"
    | "opened"
    | "clicked"
    | "complained"
    | "read";
  channel: Channel | "";
  lane: Lane;
  category: string;
  tenant: string;
  integration: string;
}

/** What a call works with, inside the open transaction of its turn. */
export interface CallContext {
  database: Database;
  /** Adds to a sum of the minute of `at`; written once per turn. */
  count(key: StatisticKey, at: number, amount?: number): void;
}

type CallName = keyof StoreCalls;
export type CallInput<Name extends CallName> = Parameters<StoreCalls[Name]>[0];
export type CallOutput<Name extends CallName> = Awaited<ReturnType<StoreCalls[Name]>>;

/** The synchronous form of the Store port: what the engine implements, one call per file. */
export type SqliteCalls = { [Name in CallName]: (context: CallContext, input: CallInput<Name>) => CallOutput<Name> };
export type Call<Name extends CallName> = SqliteCalls[Name];
export type { CallName };
