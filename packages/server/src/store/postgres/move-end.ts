import { movedTables } from "../sql/moved-tables.ts";
import type { Session } from "./session.ts";
import { databaseNow } from "./worker-self.ts";

/** Columns whose numbers the database gives. */
const numbered = [
  ["environment", "id"],
  ["decision", "sequence"],
] as const;

/** Numbers that the database gives go on behind those that came, and the planner knows what is there. */
export async function completeMove(session: Session): Promise<void> {
  await session.exec("set statement_timeout = 0");
  for (const { name } of movedTables) await session.exec(`analyze ${name}`);
  await inTransaction(session, async (sql) => {
    for (const [table, column] of numbered)
      await sql.exec(`select setval(pg_get_serial_sequence('${table}', '${column}'), coalesce(max(${column}), 1),
        max(${column}) is not null) from ${table}`);
    await sql.run(`update store_move set completed_at = ${databaseNow}`);
  });
}

export async function inTransaction(sql: Session, body: (sql: Session) => Promise<void>): Promise<void> {
  const begun = sql.exec("begin");
  begun.catch(() => {});
  try {
    await body(sql);
    await begun;
    await sql.exec("commit");
  } catch (error) {
    await sql.exec("rollback").catch(() => {});
    throw error;
  }
}
