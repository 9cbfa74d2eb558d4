import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { Client } from "pg";
import { z } from "zod";
import { engineSettings } from "../harness/engine.ts";

const rowSchema = z.object({ id: z.string(), recipient: z.string(), state: z.number() });
export type StoredMessage = z.infer<typeof rowSchema>;

const rowsPerRead = 20_000;

/** Every message of an event, as the store has it: a million of them would be ten thousand pages of the API. SQLite's server has ended. */
export async function eachMessage(dataDir: string, event: string, take: (row: StoredMessage) => void): Promise<void> {
  const { TIDINGS_DATABASE_URL: url } = await engineSettings(dataDir);
  if (url === undefined) fromSqlite(dataDir, event, take);
  else await fromPostgres(url, event, take);
}

function fromSqlite(dataDir: string, event: string, take: (row: StoredMessage) => void): void {
  const database = new DatabaseSync(join(dataDir, "tidings.db"));
  try {
    // One look that goes on: a page after an id sorts all that the event has, each time.
    const rows = database.prepare("select id, recipient, state from message where event_id = ?").iterate(event);
    for (const row of rows) take(rowSchema.parse(row));
  } finally {
    database.close();
  }
}

async function fromPostgres(url: string, event: string, take: (row: StoredMessage) => void): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("begin");
    await client.query(
      `declare messages cursor for select id::text, recipient, state::int from message where event_id = '${event}'`,
    );
    for (let read = 1; read > 0; ) {
      const { rows } = await client.query(`fetch ${rowsPerRead} from messages`);
      for (const row of z.array(rowSchema).parse(rows)) take(row);
      read = rows.length;
    }
  } finally {
    await client.end();
  }
}
