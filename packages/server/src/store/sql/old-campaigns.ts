/** Both are kept with sums of their own in `campaign_count`, under the id of their event. */
export const countedTables = ["campaign", "replay"] as const;
export type CountedTable = (typeof countedTables)[number];

/**
 * Those from before a time of which no turn is to come and no message is open, oldest first; their event may be gone. Runs that wait are
 * not looked for: a campaign may have a million that are over, and is `done` for the API as well. `ofPart` finds an event's part by its
 * key.
 */
export const oldSql = (table: CountedTable, [before, limit]: readonly [string, string], ofPart: string): string =>
  `select environment_id, id from ${table} as old where created_at < ${before}
   and ${none("event where event.environment_id = old.environment_id and event.id = old.id and event.due_at is not null")}
   and ${none(`continuation as part where ${ofPart} and part.due_at is not null`)}
   and ${none("message where message.event_id = old.id and message.expanded = 1 and message.due_at is not null")}
   order by created_at limit ${limit}`;

/** As `not exists`, but looked up for each row: planned on empty tables, that read all open messages for each. */
const none = (from: string): string => `(select 1 from ${from} limit 1) is null`;
