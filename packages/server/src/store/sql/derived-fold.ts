import { limitReason } from "../../domain/descent.ts";
import type { DerivedClaim, DerivedCount, DerivedEvent } from "../../ports/store/derived.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { HeldMessage, NewDecision, NewMessage, TurnWrites, TurnWritten } from "../../ports/store/orchestrate.ts";
import { newEventOf } from "./replayed-event.ts";

/** What of a turn is written under its root's bound. */
export interface Fitted {
  messages: readonly NewMessage[];
  events: readonly DerivedEvent[];
  /** The root's count behind the turn. */
  count: DerivedCount;
  decisions: readonly NewDecision[];
  /** Messages that are not written. */
  held: readonly HeldMessage[];
  written: Pick<TurnWritten, "unsent" | "isLimited">;
}

type Made = Pick<TurnWrites, "messages"> & { events: readonly DerivedEvent[] };

/** Messages first: what goes on by itself has to end before what people wait for. */
export function fitted(before: DerivedCount, claim: DerivedClaim, made: Made): Fitted {
  let room = Math.max(0, claim.max - before.events - before.messages);
  const messages = claim.countsMessages ? made.messages.slice(0, room) : made.messages;
  if (claim.countsMessages) room -= messages.length;
  const events = made.events.slice(0, room);
  const late = made.messages.slice(messages.length);
  const unsent = made.events.slice(events.length).map(({ id }) => id);
  const count = {
    events: before.events + events.length,
    messages: before.messages + (claim.countsMessages ? messages.length : 0),
  };
  const sent = events.map(({ decision }) => decision);
  if (late.length + unsent.length === 0) return { messages, events, count, decisions: sent, held: [], written: {} };
  const detail = `${claim.decision.detail}: ${unsent.length} events and ${late.length} messages too many`;
  return {
    messages,
    events,
    count,
    decisions: [...sent, { ...claim.decision, detail }],
    held: late.map(({ id }) => ({ id, status: "dropped", reason: limitReason })),
    written: { isLimited: true, ...(unsent.length > 0 ? { unsent } : {}) },
  };
}

/** An event that a step has sent, as any other is inserted. */
export function eventOfDerived({ runId: _, decision: __, ...event }: DerivedEvent): NewEvent {
  return newEventOf(event);
}
