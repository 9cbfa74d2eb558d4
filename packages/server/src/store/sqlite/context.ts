import type { StoreCalls } from "../../ports/store/store.ts";
import type { Count } from "../sql/counted.ts";
import type { Database } from "./database.ts";
import type { WebhookOutbox } from "./webhook-outbox.ts";

/** What a call works with, inside the open transaction of its turn. */
export interface CallContext {
  database: Database;
  /** What endpoints are to be told of a change that the call makes. */
  webhooks: WebhookOutbox;
  /** Written once per turn. */
  count: Count;
}

type CallName = keyof StoreCalls;
export type CallInput<Name extends CallName> = Parameters<StoreCalls[Name]>[0];
export type CallOutput<Name extends CallName> = Awaited<ReturnType<StoreCalls[Name]>>;

/** The synchronous form of the Store port: what the engine implements, one call per file. */
export type SqliteCalls = { [Name in CallName]: (context: CallContext, input: CallInput<Name>) => CallOutput<Name> };
export type Call<Name extends CallName> = SqliteCalls[Name];
export type { CallName };
