import type { ChoicesWrite } from "../../../ports/store/choices.ts";
import { text } from "../../sql/columns.ts";
import { inRounds } from "../../sql/in-rounds.ts";
import { consentOfRow, optOutValues, storedChannel } from "../../sql/opt-outs.ts";
import type { Call } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { acceptEvents } from "./accept-events.ts";
import { deleteSuppressions, insertSuppressions } from "./suppressions.ts";

export const putChoices: Call<"putChoices"> = async (context, { writes }) => {
  const { sql } = context;
  const written = new Set<ChoicesWrite>();
  for (const round of inRounds(writes, nameOf)) {
    const moved = await update(sql, round);
    await Promise.all([replaceOptOuts(sql, moved), addConsents(sql, moved), changeSuppressions(sql, moved)]);
    const events = moved.flatMap((write) => write.events ?? []);
    if (events.length > 0) await acceptEvents(context, { events });
    for (const write of moved) {
      written.add(write);
      for (const webhook of write.webhooks ?? []) context.webhooks.recipient(webhook);
    }
  }
  return writes.map((write) => written.has(write));
};

const updatedSql = `update recipient set choices = r.choices, version = recipient.version + 1
  from json_to_recordset($1) as r (environment_id int, id text, version int, wrapped_key text, choices text)
  where recipient.environment_id = r.environment_id and recipient.id = r.id and ${few}
    and recipient.version = r.version and recipient.wrapped_key = r.wrapped_key
  returning recipient.environment_id, recipient.id`;

/** Compare-and-set on the version: two who change different things at once do not undo each other. */
async function update(sql: Session, writes: readonly ChoicesWrite[]): Promise<ChoicesWrite[]> {
  const sorted = writes.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const rows = sorted.map(({ environmentId, id, version, wrappedKey, choices }) => ({
    environment_id: environmentId,
    id,
    version,
    wrapped_key: wrappedKey,
    choices,
  }));
  const found = await sql.all(updatedSql, JSON.stringify(rows));
  const moved = new Set(found.map((row) => `${String(row["environment_id"])}:${text(row, "id")}`));
  return writes.filter((write) => moved.has(nameOf(write)));
}

const removedSql = `delete from opt_out using json_to_recordset($1) as r (environment_id int, recipient text)
  where opt_out.environment_id = r.environment_id and opt_out.recipient = r.recipient and ${few}`;
const addedSql = `insert into opt_out (environment_id, recipient, legal, scope, value, channel, rank, refuses)
  select environment_id, recipient, legal, scope, value, channel, rank, refuses
  from json_to_recordset($1) as r (environment_id int, recipient text, legal smallint, scope text, value text, channel smallint,
    rank bigint, refuses smallint)`;

/** The recipient's row is locked by now, so that nobody replaces them beside this. */
async function replaceOptOuts(sql: Session, writes: readonly ChoicesWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const keys = writes.map(({ environmentId, id }) => ({ environment_id: environmentId, recipient: id }));
  const rows = writes.flatMap(({ environmentId, id, optOuts }) =>
    optOuts.map((optOut) => ({ environment_id: environmentId, recipient: id, ...optOutValues(optOut) })),
  );
  const removed = sql.run(removedSql, JSON.stringify(keys));
  await Promise.all([removed, rows.length === 0 ? undefined : sql.run(addedSql, JSON.stringify(rows))]);
}

const consentSql = `insert into consent (environment_id, recipient, id, purpose, channel, action, at, recorded_at, sealed)
  select environment_id, recipient, id, purpose, channel, action, at, recorded_at, sealed
  from json_to_recordset($1) as r (environment_id int, recipient text, id text, purpose text, channel smallint, action text,
    at bigint, recorded_at bigint, sealed text)
  on conflict do nothing`;

async function addConsents(sql: Session, writes: readonly ChoicesWrite[]): Promise<void> {
  const rows = writes.flatMap(({ environmentId, id: recipient, consents }) =>
    consents.map(({ id, purpose, channel, action, at, recordedAt, sealed }) => ({
      environment_id: environmentId,
      recipient,
      id,
      purpose,
      channel: storedChannel(channel),
      action,
      at,
      recorded_at: recordedAt,
      sealed,
    })),
  );
  if (rows.length > 0) await sql.run(consentSql, JSON.stringify(rows));
}

async function changeSuppressions(sql: Session, writes: readonly ChoicesWrite[]): Promise<void> {
  for (const { environmentId, suppress = [], release = [] } of writes) {
    if (release.length > 0) await deleteSuppressions(sql, environmentId, release);
    if (suppress.length > 0) await insertSuppressions(sql, environmentId, suppress);
  }
}

const nameOf = ({ environmentId, id }: ChoicesWrite): string => `${environmentId}:${id}`;

const listedSql = `select * from consent where environment_id = $1 and recipient = $2 and ($3 = '' or id < $3)
  order by id desc limit $4`;

export const listConsents: Call<"listConsents"> = async ({ sql }, { environmentId, recipient, before, limit }) =>
  (await sql.all(listedSql, environmentId, recipient, before, limit)).map(consentOfRow);
