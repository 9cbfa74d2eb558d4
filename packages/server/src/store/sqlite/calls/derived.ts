import type { DerivedEvent } from "../../../ports/store/derived.ts";
import type { TurnWrites } from "../../../ports/store/orchestrate.ts";
import { eventOfDerived, type Fitted, fitted } from "../../sql/derived-fold.ts";
import { derivedCount } from "../../sql/rows/descent.ts";
import type { Database } from "../database.ts";
import { insertDecision } from "./insert-decision.ts";
import { insertEvent } from "./insert-event.ts";

type Turn = Pick<TurnWrites, "derived" | "events" | "messages">;
const none = { events: 0, messages: 0 };
const nothing: readonly DerivedEvent[] = [];

/** Counts what a turn makes under its root, and writes the events that fit. Undefined where nothing is counted. */
export function writeDerived(database: Database, turn: Turn, lost: ReadonlySet<string>): Fitted | undefined {
  const { derived: claim, events = nothing } = turn;
  if (claim === undefined || events.length + turn.messages.length === 0) return undefined;
  const { environmentId, root } = claim;
  const row = database.get("select * from derived where environment_id = ? and root = ?", environmentId, root);
  const kept = <Item extends { runId: string }>(items: readonly Item[]) =>
    items.filter(({ runId }) => !lost.has(runId));
  const made = { messages: kept(turn.messages), events: kept(events) };
  const fit = fitted(row === undefined ? none : derivedCount(row), claim, made);
  database.run(
    "insert or replace into derived (environment_id, root, events, messages, expires_at) values (?, ?, ?, ?, ?)",
    environmentId,
    root,
    fit.count.events,
    fit.count.messages,
    claim.expiresAt,
  );
  for (const event of fit.events) insertEvent(database, eventOfDerived(event), false);
  for (const decision of fit.decisions) insertDecision(database, decision);
  return fit;
}
