/**
 * SQL: a table's rows of the ids in $1, whichever environment they are of: ids alone come from the queue. One look into the
 * key for each id. Asked for as a list, ids that are not the key's first column become a filter in plans that were made
 * while the table was small.
 */
export function ofAnyEnvironment(table: "event" | "run" | "message"): string {
  return `unnest($1::uuid[]) as r (id) cross join lateral (
    select * from ${table} where environment_id = any (array(select id from environment)) and id = r.id offset 0
  ) as ${table}`;
}
