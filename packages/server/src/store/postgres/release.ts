import { integer } from "../sql/columns.ts";
import type { Session } from "./session.ts";

/** Rows released in one statement: a dead worker may have held very many. */
const releasedMax = 1000;
/** Statements of one round, per table; the next heartbeat goes on. */
const roundsMax = 20;

interface Held {
  table: string;
  key: readonly string[];
  /** What of the rows is open. */
  open: string;
}

const held: readonly Held[] = [
  { table: "event", key: ["environment_id", "id"], open: "due_at is not null" },
  { table: "continuation", key: ["environment_id", "event_id", "lane"], open: "due_at is not null" },
  { table: "run", key: ["environment_id", "id"], open: "due_at is not null" },
  { table: "effect", key: ["environment_id", "run_id"], open: "due_at is not null" },
  { table: "message", key: ["environment_id", "id"], open: "due_at is not null" },
  { table: "webhook_delivery", key: ["id"], open: "due_at is not null" },
];

const statements = held.map(({ table, key, open }) => ({
  table,
  /** Skips along the due index from holder to holder. */
  orphans: `with recursive holders as (
      (select holder from ${table} where holder > 0 and ${open} order by holder limit 1)
      union all
      select (select t.holder from ${table} t where t.holder > holders.holder and t.${open} order by t.holder limit 1) from holders
      where holders.holder is not null
    )
    select holder from holders where holder is not null and not exists (select 1 from worker where number = holder)`,
  release: `with picked as (
      select ${key.map((column) => `t.${column}`).join(", ")} from ${table} t where t.holder = $1 and t.${open}
      limit ${releasedMax} for update skip locked
    )
    update ${table} set holder = 0 from picked
    where ${key.map((column) => `${table}.${column} = picked.${column}`).join(" and ")}`,
}));

/** What workers hold that are gone is anybody's: due messages that were under way are found by the next look as lost. */
export async function releaseOrphans(sql: Session): Promise<void> {
  const found = await Promise.all(statements.map(({ orphans }) => sql.all(orphans)));
  for (const [index, { release }] of statements.entries()) {
    for (const row of found[index] ?? []) await releaseSome(sql, release, integer(row, "holder"));
  }
}

export async function releaseOwn(sql: Session, number: number): Promise<void> {
  for (const { release } of statements) await releaseSome(sql, release, number);
}

async function releaseSome(sql: Session, release: string, number: number): Promise<void> {
  for (let round = 0; round < roundsMax; round += 1) {
    if ((await sql.run(release, number)) < releasedMax) return;
  }
}
