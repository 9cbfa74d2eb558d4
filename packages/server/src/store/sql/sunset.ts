import { type SunsetClaim, type SunsetState, settleSunset } from "../../domain/sunset.ts";
import type { HeldMessage, NewDecision, NewMessage } from "../../ports/store/orchestrate.ts";
import type { Overtaken } from "./collapse.ts";
import { integer, integerOrNull, type SqlRow, text } from "./columns.ts";

/** A recipient in a category. */
export interface SunsetKey {
  environmentId: number;
  recipient: string;
  category: string;
}

export interface SunsetRow extends SunsetKey {
  state: SunsetState | undefined;
}

/** What of a call's messages goes on to be written, and what sunsets made of the others. */
export interface Sunsets {
  messages: readonly NewMessage[];
  held: HeldMessage[];
  decisions: NewDecision[];
  /** Rows that changed; those of questions only if these are written too. */
  rows: (SunsetKey & { state: SunsetState; asks: string | undefined })[];
}

/** Whom messages are asked about, each once, in one order for all processes. */
export function sunsetKeysOf(messages: readonly NewMessage[]): SunsetKey[] {
  const keys = new Map<string, SunsetKey>();
  for (const message of messages) {
    if (message.sunset === undefined) continue;
    const key = keyOf(message);
    keys.set(nameOf(key), key);
  }
  return [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

export const sunsetColumns = "since, engaged_at, asked_at, asked_by";

/** Undefined for a row that was made only to be locked. */
export function sunsetState(row: SqlRow): SunsetState | undefined {
  const since = integer(row, "since");
  if (since === 0) return undefined;
  return {
    since,
    engagedAt: integerOrNull(row, "engaged_at"),
    askedAt: integerOrNull(row, "asked_at"),
    askedBy: text(row, "asked_by"),
  };
}

/** Settles messages one after the other. `stored` is what the rows have, which the caller has to itself until it commits. */
export function settleSunsets(messages: readonly NewMessage[], stored: readonly SunsetRow[]): Sunsets {
  const states = new Map(stored.map((row) => [nameOf(row), row.state]));
  const changed = new Map<string, Sunsets["rows"][number]>();
  const result: Sunsets = { messages: [], held: [], decisions: [], rows: [] };
  const kept: NewMessage[] = [];
  for (const message of messages) {
    if (message.sunset === undefined) {
      kept.push(message);
      continue;
    }
    const key = keyOf(message);
    const before = states.get(nameOf(key));
    const { outcome, state } = settleSunset(before, message.sunset, { at: message.createdAt, by: byOf(message) });
    states.set(nameOf(key), state);
    if (state !== before) changed.set(nameOf(key), { ...key, state, asks: outcome === "ask" ? message.id : undefined });
    if (outcome === "send") kept.push(message);
    else if (outcome === "ask") kept.push(asking(message, message.sunset, result));
    else stop(message, message.sunset, result);
  }
  return { ...result, messages: kept, rows: [...changed.values()] };
}

/** One question of a step, to all addresses of its channel. */
const byOf = ({ runId, eventId, origin: { step, channel } }: NewMessage): string =>
  `${runId === "" ? eventId : runId} ${step} ${channel}`;

/** It waits for a moment in its row: what was to go out at once has another content. */
function asking(message: NewMessage, { ask, detail }: SunsetClaim, { held }: Sunsets): NewMessage {
  const { id, createdAt: at, origin } = message;
  held.push({ id, status: "deferred" });
  const why = JSON.stringify({ outcome: "asked", reason: "sunset_asked", rule: "sunset", detail, at });
  const before = message.decisions.slice(0, -1);
  return {
    ...message,
    origin: { ...origin, ...(ask ?? {}) },
    decisions: `${before}${before.length > 1 ? "," : ""}${why}]`,
    dueAt: Math.max(message.dueAt ?? at, at + 1),
    start: null,
  };
}

function stop(message: NewMessage, { detail }: SunsetClaim, { held, decisions }: Sunsets): void {
  const { id, eventId, runId, recipient, createdAt: at, origin } = message;
  const { environmentId, workflow, workflowVersion, step, channel } = origin;
  held.push({ id, status: "dropped", reason: "sunset" });
  const why = { outcome: "not_sent", reason: "sunset", rule: "sunset", versions: "", detail, at };
  decisions.push({ environmentId, eventId, runId, recipient, workflow, workflowVersion, step, channel, ...why });
}

/** Ids of messages that do not go out after all: caps left no place, or a newer one was there. */
export function notWritten(held: readonly HeldMessage[], overtaken: readonly Overtaken[] = []): ReadonlySet<string> {
  const dropped = held.filter(({ status }) => status === "dropped" || status === "gathered").map(({ id }) => id);
  return new Set([...dropped, ...overtaken.map(({ message }) => message.id)]);
}

const keyOf = ({ origin: { environmentId, category }, recipient }: NewMessage): SunsetKey => ({
  environmentId,
  recipient,
  category,
});
const nameOf = ({ environmentId, recipient, category }: SunsetKey): string =>
  JSON.stringify([environmentId, recipient, category]);
