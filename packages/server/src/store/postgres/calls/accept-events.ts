import type { AcceptResult, NewEvent } from "../../../ports/store/ingest.ts";
import { eventStateCode, laneCode } from "../../sql/codes.ts";
import { EventLabels } from "../../sql/event-labels.ts";
import type { Call, CallContext } from "../context.ts";
import { changedSince } from "./as-read.ts";
import { insertCampaign } from "./campaigns.ts";
import { claimKeys } from "./claim-keys.ts";
import { writeTurns } from "./write-turn.ts";

export const acceptEvents: Call<"acceptEvents"> = async (context, { events }) => {
  const [known, changed] = await Promise.all([claimKeys(context.sql, events), changedSince(context.sql, events)]);
  const accepted = events.filter((event) => !known.has(event));
  const fitting = accepted.filter(({ turn }) => turn?.reads.every((read) => !changed.has(read)) === true);
  const whole = new Set(fitting);
  const turns = fitting.flatMap(({ turn }) => turn ?? []);
  const [, written] = await Promise.all([insertEvents(context, accepted, whole), writeTurns(context, turns)]);
  for (const event of accepted)
    if (event.campaign !== undefined) await insertCampaign(context.sql, event, event.campaign);
  const labels = new EventLabels();
  const turnOf = new Map(fitting.map((event, index) => [event, written[index]]));
  return events.map((event): AcceptResult => {
    const answer = known.get(event);
    if (answer !== undefined) return answer;
    context.count(labels.of(event), "accepted", event.receivedAt);
    return { status: "accepted", id: event.id, turn: turnOf.get(event) ?? null };
  });
};

const insertedSql = `insert into event (environment_id, id, kind, lane, state, generation, cursor, holder, received_at, due_at, expires_at,
    name, tenant, cancellation_hash, payload, inline, trace, order_key, order_place)
  select environment_id, id, kind, lane, state, generation, 0, holder, received_at, due_at, expires_at, name, tenant,
    cancellation_hash, payload, inline, trace, order_key, order_place
  from json_to_recordset($1) as r (environment_id int, id uuid, kind smallint, lane smallint, state smallint, generation int,
    holder int, received_at bigint, due_at bigint, expires_at bigint, name text, tenant text, cancellation_hash text, payload text,
    inline text, trace text, order_key text, order_place text)`;

/** `whole`: those that came with their only turn, so that nothing of them is due. */
async function insertEvents(
  context: CallContext,
  events: readonly NewEvent[],
  whole: ReadonlySet<NewEvent>,
): Promise<void> {
  if (events.length === 0) return;
  const holder = context.holding.holderOf("events");
  const rows = events.map((event) => {
    const done = whole.has(event);
    return {
      environment_id: event.environmentId,
      id: event.id,
      kind: event.kind === "message" ? 1 : 0,
      lane: laneCode[event.lane],
      state: done ? eventStateCode.done : eventStateCode.accepted,
      generation: event.generation,
      holder: !done && event.dueAt <= event.receivedAt ? holder : 0,
      received_at: event.receivedAt,
      due_at: done ? null : event.dueAt,
      expires_at: event.expiresAt,
      name: event.name,
      tenant: event.tenant,
      cancellation_hash: event.cancellationHash,
      payload: event.payload,
      inline: event.inline,
      // Left out where there is none: the statement's text stays as short as it was.
      trace: event.trace ?? undefined,
      order_key: event.order?.key,
      order_place: event.order?.place,
    };
  });
  await context.sql.run(insertedSql, JSON.stringify(rows));
}
