import { pause } from "../../harness/pause.ts";
import { sql } from "../servers/postgres-sql.ts";

/** Ends all connections that listen for hints, again and again, until the function that it gives is called. */
export function losesHints(databaseUrl: string): () => void {
  const endSql = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
    and application_name like 'tidings %' and (query like '%listen tidings%' or query like '%pg_notify%' or query = 'select 1')`;
  let goesOn = true;
  void (async () => {
    while (goesOn) {
      await sql(databaseUrl, endSql);
      await pause(20);
    }
  })().catch(() => {});
  return () => {
    goesOn = false;
  };
}
