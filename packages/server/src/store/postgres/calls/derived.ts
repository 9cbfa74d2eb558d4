import type { DerivedClaim, DerivedCount } from "../../../ports/store/derived.ts";
import type { TurnWrites } from "../../../ports/store/orchestrate.ts";
import { integer } from "../../sql/columns.ts";
import { eventOfDerived, type Fitted, fitted } from "../../sql/derived-fold.ts";
import { derivedCount, rootOf } from "../../sql/rows/descent.ts";
import type { CallContext } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { insertDecisions } from "./insert-decisions.ts";
import { insertEvents } from "./insert-events.ts";

type Turn = Pick<TurnWrites, "derived" | "events" | "messages">;

/** One that is not there yet is made; those that are there are locked. */
const lockedSql = `insert into derived (environment_id, root, events, messages, expires_at)
  select environment_id, root, 0, 0, expires_at from json_to_recordset($1) as r (environment_id int, root uuid, expires_at bigint)
  on conflict (environment_id, root) do update set events = derived.events
  returning environment_id, root, events, messages`;

const writtenSql = `update derived set events = r.events, messages = r.messages, expires_at = r.expires_at
  from json_to_recordset($1) as r (environment_id int, root uuid, events int, messages int, expires_at bigint)
  where derived.environment_id = r.environment_id and derived.root = r.root and ${few}`;

/**
 * Counts what turns make under their roots, in the order of the turns, and writes the events that fit. Locked in the order of their keys, so that
 * two calls never wait for each other. Nothing is asked where nothing is counted.
 */
export async function writeDerived<Of extends Turn>(
  context: CallContext,
  turns: readonly Of[],
  lost: ReadonlySet<string>,
): Promise<ReadonlyMap<Of, Fitted>> {
  const found = new Map<Of, Fitted>();
  const counted = turns.filter(
    ({ derived, events = [], messages }) => derived !== undefined && events.length + messages.length > 0,
  );
  if (counted.length === 0) return found;
  const counts = await lock(context.sql, counted);
  const written = new Map<string, object>();
  for (const turn of counted) {
    const { derived: claim, events = [], messages } = turn;
    if (claim === undefined) continue;
    const kept = <Item extends { runId: string }>(items: readonly Item[]) =>
      items.filter(({ runId }) => !lost.has(runId));
    const key = keyOf(claim);
    const fit = fitted(counts.get(key) ?? { events: 0, messages: 0 }, claim, {
      messages: kept(messages),
      events: kept(events),
    });
    found.set(turn, fit);
    counts.set(key, fit.count);
    const { environmentId: environment_id, root, expiresAt: expires_at } = claim;
    written.set(key, { environment_id, root, ...fit.count, expires_at });
  }
  await context.sql.run(writtenSql, JSON.stringify([...written.values()]));
  const all = [...found.values()];
  const events = all.flatMap((fit) => fit.events.map(eventOfDerived));
  await insertEvents(context, events, new Set());
  await insertDecisions(
    context.sql,
    all.flatMap(({ decisions }) => decisions),
  );
  return found;
}

async function lock(sql: Session, turns: readonly Turn[]): Promise<Map<string, DerivedCount>> {
  const claims = new Map(
    turns.flatMap(({ derived }) => (derived === undefined ? [] : [[keyOf(derived), derived] as const])),
  );
  const rows = [...claims]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { environmentId, root, expiresAt }]) => ({ environment_id: environmentId, root, expires_at: expiresAt }));
  const found = await sql.all(lockedSql, JSON.stringify(rows));
  return new Map(found.map((row) => [`${integer(row, "environment_id")}:${rootOf(row)}`, derivedCount(row)]));
}

const keyOf = ({ environmentId, root }: DerivedClaim): string => `${environmentId}:${root}`;
