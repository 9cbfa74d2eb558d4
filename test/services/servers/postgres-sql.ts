import pg from "pg";

const connectMs = 5000;

async function withClient<Result>(url: string, use: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMs });
  // A connection that breaks makes its query fail, and says so here too.
  client.on("error", () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Runs one statement on a connection of its own, and gives its rows. */
export function sql(url: string, text: string): Promise<Record<string, unknown>[]> {
  return withClient(url, async (client) => (await client.query<Record<string, unknown>>(text)).rows);
}

export async function answers(url: string): Promise<boolean> {
  try {
    await sql(url, "select 1");
    return true;
  } catch {
    return false;
  }
}

/** Runs `body` between the start and the end of a backup, and gives the label that the copy needs. */
export function duringBackup(url: string, body: () => void): Promise<string> {
  return withClient(url, async (client) => {
    await client.query("select pg_backup_start('standby', true)");
    body();
    const { rows } = await client.query<{ labelfile: string }>("select labelfile from pg_backup_stop(false)");
    return rows[0]?.labelfile ?? "";
  });
}
