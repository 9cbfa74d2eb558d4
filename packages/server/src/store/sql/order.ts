import { eventPlaceLength } from "../../domain/order.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import { channelCode, eventStateCode, messageStateCode, runStateCode } from "./codes.ts";

/*
 * Messages of one ordering key, recipient and channel start in the order of their places. What is open, and in front of a
 * message, is asked for by the statement that starts it. One that may not start yet is put off, and says so by its reason; whoever
 * settles a message makes the next one due in the same transaction. Everything in front has a lower place, and goes on
 * by itself, so nothing waits in a circle; and what was put off is due again in any case, so nothing waits for ever.
 */

/** Reason of a message that waits for one in front of it. */
export const behind = "behind";
/** With a message in front that one makes it due; this is for what nobody thought of, and for runs whose event arrives. */
const behindMaxMs = 300_000;
/** An event or a run in front tells nobody when it is done. */
const behindOtherMs = 1_000;

const of = (message: string) => ({
  key: `${message}.order_key`,
  recipient: `${message}.recipient`,
  channel: `${message}.channel`,
  place: `${message}.order_place`,
  event: `substr(${message}.order_place, 1, ${eventPlaceLength})`,
});

/** SQL: a message stands in front of `message`, and is open. */
export function messageAhead(message: string): string {
  const { key, recipient, channel, place } = of(message);
  return `exists (select 1 from message p where p.order_key = ${key} and p.recipient = ${recipient} and p.channel = ${channel}
    and p.order_place < ${place} and p.due_at is not null)`;
}

/** SQL: something stands in front of `message` of which messages may still come. Nobody waits for a fallback that may never be needed. */
export function otherAhead(message: string): string {
  const { key, recipient, event } = of(message);
  return `(exists (select 1 from run p where p.order_key = ${key} and p.recipient = ${recipient} and p.order_place < ${event}
      and p.state = ${runStateCode.waiting} and p.watch_of is null)
    or exists (select 1 from event p where p.order_key = ${key} and p.order_place < ${event} and p.state = ${eventStateCode.accepted})
    or exists (select 1 from continuation p where p.order_key = ${key} and p.order_place < ${event} and p.due_at is not null))`;
}

/**
 * SQL: when what stands in front of `message`, and is no message, is due; null where that has no time. Less than 0, with the sign
 * changed, where it is a run that waits for an event: it may go on before.
 */
export function dueAhead(message: string): string {
  const { key, recipient, event } = of(message);
  return `(select min(case when p.wait_key is null then p.due_at else -p.due_at end) from run p
    where p.order_key = ${key} and p.recipient = ${recipient} and p.order_place < ${event} and p.state = ${runStateCode.waiting}
      and p.watch_of is null)`;
}

/** SQL: it may not start yet. Messages without an ordering key are not looked for. */
export const isBehindSql = (message = "message"): string =>
  `(${message}.order_key is not null and (${messageAhead(message)} or ${otherAhead(message)}))`;

/** SQL: the open message of `r` (order_key, recipient, channel) that has the lowest place, where it waits for none but has been put off. */
export const nextSql = `m.order_key = r.order_key and m.recipient = r.recipient and m.channel = r.channel and m.due_at is not null
  and m.reason = '${behind}' and m.state = ${messageStateCode.queued}
  and m.order_place = (select min(p.order_place) from message p where p.order_key = r.order_key and p.recipient = r.recipient
    and p.channel = r.channel and p.due_at is not null)`;

/** What stands in front of a message that may not start yet. */
export interface Ahead {
  isMessage: boolean;
  /** When it is due, where it is no message, as `dueAhead` has it. */
  dueAt: number | null;
}

/** When one that was to start at `at` is looked at again. */
export function lookAgainAt({ isMessage, dueAt }: Ahead, at: number): number {
  if (isMessage) return at + behindMaxMs;
  const due = dueAt ?? 0;
  return Math.max(at + behindOtherMs, due < 0 ? Math.min(-due, at + behindMaxMs) : due);
}

/** Messages that start in this order, if all else lets them. */
export function lineOf({ order, recipient, origin }: NewMessage): string | undefined {
  return order === undefined ? undefined : `${order.key} ${channelCode[origin.channel]} ${recipient}`;
}
