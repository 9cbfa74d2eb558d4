import type { NewEvent } from "../../../ports/store/ingest.ts";
import { eventKindCode, eventStateCode, laneCode } from "../../sql/codes.ts";
import type { CallContext } from "../context.ts";

const insertedSql = `insert into event (environment_id, id, kind, lane, state, generation, cursor, holder, received_at, due_at, expires_at,
    name, tenant, cancellation_hash, payload, inline, trace, order_key, order_place, root, depth)
  select environment_id, id, kind, lane, state, generation, 0, holder, received_at, due_at, expires_at, name, tenant,
    cancellation_hash, payload, inline, trace, order_key, order_place, root, coalesce(depth, 0)
  from json_to_recordset($1) as r (environment_id int, id uuid, kind smallint, lane smallint, state smallint, generation int,
    holder int, received_at bigint, due_at bigint, expires_at bigint, name text, tenant text, cancellation_hash text, payload text,
    inline text, trace text, order_key text, order_place text, root uuid, depth smallint)`;

/** `whole`: those that came with their only turn, so that nothing of them is due. */
export async function insertEvents(
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
      kind: eventKindCode[event.kind],
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
      root: event.descent?.root,
      depth: event.descent?.depth,
    };
  });
  await context.sql.run(insertedSql, JSON.stringify(rows));
}
