import { text } from "../sql/columns.ts";
import type { Session } from "./session.ts";

/** Settings of the server, and values under which a 202 would promise what is not so. */
const losing: Readonly<Record<string, readonly string[]>> = {
  fsync: ["off"],
  full_page_writes: ["off"],
  synchronous_commit: ["off"],
};

const settingsSql = "select name, setting from pg_settings where name = any ($1::text[])";

/** Refuses a server that would lose what it has committed, by the name of the setting. */
export async function refuseLosing(sql: Session): Promise<void> {
  for (const row of await sql.all(settingsSql, Object.keys(losing))) {
    const [name, setting] = [text(row, "name"), text(row, "setting")];
    if (losing[name]?.includes(setting))
      throw new Error(`the database runs with ${name} = ${setting}: what it commits may be lost; set it to on`);
  }
}
