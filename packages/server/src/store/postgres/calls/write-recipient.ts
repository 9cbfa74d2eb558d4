import type { RecipientWrite } from "../../../ports/store/orchestrate.ts";
import { integer, text } from "../../sql/columns.ts";
import { inRounds } from "../../sql/in-rounds.ts";
import { isNews } from "../../sql/told-write.ts";
import type { CallContext } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

const writtenSql = `insert into recipient as p (environment_id, id, wrapped_key, profile, sealed, version, created_at, updated_at)
  select environment_id, id, wrapped_key, profile, sealed, 1, created_at, updated_at
  from json_to_recordset($1) as r (environment_id int, id text, wrapped_key text, profile text, sealed text, created_at bigint, updated_at bigint)
  on conflict (environment_id, id) do update set profile = excluded.profile, sealed = excluded.sealed, version = p.version + 1,
    updated_at = excluded.updated_at
  where p.updated_at <= excluded.updated_at and p.wrapped_key = excluded.wrapped_key
  returning p.environment_id, p.id, p.version`;

/**
 * Upserts that never write over newer data. Where somebody else made a recipient meanwhile, the row has another key than
 * the one that sealed this write: it throws, and the caller's turn runs again from a new read. Gives how many were written.
 */
export async function writeRecipients(context: CallContext, writes: readonly RecipientWrite[]): Promise<number> {
  const sorted = writes.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  let written = 0;
  for (const round of inRounds(sorted, nameOf)) written += await writeRound(context, round);
  return written;
}

async function writeRound({ sql, webhooks }: CallContext, writes: readonly RecipientWrite[]): Promise<number> {
  const rows = writes.map((write) => ({
    environment_id: write.environmentId,
    id: write.id,
    wrapped_key: write.wrappedKey,
    profile: write.profile,
    sealed: write.sealed,
    created_at: write.createdAt,
    updated_at: write.updatedAt,
  }));
  const found = await sql.all(writtenSql, JSON.stringify(rows));
  const written = new Map(
    found.map((row) => [`${integer(row, "environment_id")}:${text(row, "id")}`, integer(row, "version")]),
  );
  await refuseForeign(
    sql,
    writes.filter((write) => !written.has(nameOf(write))),
  );
  await writeAddresses(
    sql,
    writes.filter((write) => written.has(nameOf(write))),
  );
  for (const write of writes) {
    const version = written.get(nameOf(write));
    if (version !== undefined && write.told !== undefined && isNews(write.told, version))
      webhooks.recipient(write.told.webhook);
  }
  return written.size;
}

const foreignSql = `select 1 from json_to_recordset($1) as r (environment_id int, id text, wrapped_key text, updated_at bigint)
  join recipient on recipient.environment_id = r.environment_id and recipient.id = r.id and ${few}
  where recipient.wrapped_key <> r.wrapped_key and recipient.updated_at <= r.updated_at limit 1`;

async function refuseForeign(sql: Session, writes: readonly RecipientWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const rows = writes.map(({ environmentId, id, wrappedKey, updatedAt }) => ({
    environment_id: environmentId,
    id,
    wrapped_key: wrappedKey,
    updated_at: updatedAt,
  }));
  if ((await sql.get(foreignSql, JSON.stringify(rows))) !== undefined)
    throw new Error("a recipient was made by somebody else meanwhile");
}

const removedSql = `delete from address using json_to_recordset($1) as r (environment_id int, id text)
  where address.environment_id = r.environment_id and address.recipient = r.id and ${few}`;
const addedSql = `insert into address (environment_id, channel, hash, recipient)
  select environment_id, channel, hash, recipient
  from json_to_recordset($1) as r (environment_id int, channel text, hash text, recipient text) on conflict do nothing`;

async function writeAddresses(sql: Session, writes: readonly RecipientWrite[]): Promise<void> {
  if (writes.length === 0) return;
  const removed = sql.run(
    removedSql,
    JSON.stringify(writes.map(({ environmentId, id }) => ({ environment_id: environmentId, id }))),
  );
  const rows = writes.flatMap(({ environmentId, id, addresses }) =>
    addresses.map(({ channel, hash }) => ({ environment_id: environmentId, channel, hash, recipient: id })),
  );
  await Promise.all([removed, rows.length === 0 ? undefined : sql.run(addedSql, JSON.stringify(rows))]);
}

const nameOf = ({ environmentId, id }: RecipientWrite): string => `${environmentId}:${id}`;
