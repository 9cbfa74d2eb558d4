import type { Session } from "../session.ts";

/** In one order, so that two calls never wait for each other's. The `offset` keeps the planner from taking them before they are sorted. */
const lockedSql = `select pg_advisory_xact_lock(key) from (
    select distinct hashtextextended(text, 0) as key from unnest($1::text[]) as t (text) order by 1 offset 0
  ) as keys`;

/** Takes what stands under these texts for this transaction. Two texts of one hash share a lock, which does no harm. */
export async function lockTexts(sql: Session, texts: readonly string[]): Promise<void> {
  if (texts.length > 0) await sql.all(lockedSql, [...texts]);
}
