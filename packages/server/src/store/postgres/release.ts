import type { UnderWay } from "../../ports/workers.ts";
import { messageStateCode } from "../sql/codes.ts";
import { integer } from "../sql/columns.ts";
import type { PgValue, Session } from "./session.ts";

/** Rows released in one statement: a dead worker may have held very many. */
const releasedMax = 1000;
/** Statements of one round, per table; the next heartbeat goes on. */
const roundsMax = 20;

interface Held {
  table: string;
  key: readonly string[];
  /** Of what this process holds, the rows that nothing has been begun with; $2 are ids that are under way. */
  waiting?: string;
  /** Those ids; none for a table that does not need them. */
  begun?: keyof UnderWay;
}

const open = "due_at is not null";

/* A turn that is under way is not told apart: where another process makes it too, the commit of one of them is lost. */
const held: readonly Held[] = [
  { table: "event", key: ["environment_id", "id"] },
  { table: "continuation", key: ["environment_id", "event_id", "lane"] },
  { table: "run", key: ["environment_id", "id"] },
  { table: "effect", key: ["environment_id", "run_id"], waiting: "t.run_id <> all ($2::uuid[])", begun: "effects" },
  { table: "message", key: ["environment_id", "id"], waiting: `t.state = ${messageStateCode.queued}` },
  { table: "webhook_delivery", key: ["id"], waiting: "t.id <> all ($2::text[])", begun: "webhooks" },
];

const releaseSql = ({ table, key }: Held, which: string): string => `with picked as (
      select ${key.map((column) => `t.${column}`).join(", ")} from ${table} t where t.holder = $1 and t.${open} and ${which}
      limit ${releasedMax} for update skip locked
    )
    update ${table} set holder = 0 from picked
    where ${key.map((column) => `${table}.${column} = picked.${column}`).join(" and ")}`;

const statements = held.map((one) => ({
  begun: one.begun,
  /** Skips along the due index from holder to holder. */
  orphans: `with recursive holders as (
      (select holder from ${one.table} where holder > 0 and ${open} order by holder limit 1)
      union all
      select (select t.holder from ${one.table} t where t.holder > holders.holder and t.${open} order by t.holder limit 1) from holders
      where holders.holder is not null
    )
    select holder from holders where holder is not null and not exists (select 1 from worker where number = holder)`,
  release: releaseSql(one, "true"),
  releaseWaiting: releaseSql(one, one.waiting ?? "true"),
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

/** Releases what waits for this process, and leaves it what it has begun. All at once, as others wait for it. */
export async function releaseWaiting(sql: Session, number: number, underWay: UnderWay): Promise<void> {
  await Promise.all(
    statements.map(({ releaseWaiting: release, begun }) =>
      releaseSome(sql, release, number, ...(begun === undefined ? [] : [underWay[begun]])),
    ),
  );
}

async function releaseSome(sql: Session, release: string, number: number, ...more: PgValue[]): Promise<void> {
  for (let round = 0; round < roundsMax; round += 1) {
    if ((await sql.run(release, number, ...more)) < releasedMax) return;
  }
}
