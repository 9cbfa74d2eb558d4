import { afterAll, describe } from "vitest";
import { ownDatabase } from "./postgres/database.ts";
import { type Postgres, startPostgres } from "./servers/postgres.ts";
import { whyNoPostgres } from "./servers/postgres-programs.ts";
import { whyNoReceiver } from "./trace/receiver.ts";
import { traceSuite } from "./trace/suite.ts";

const reason = whyNoPostgres("15") ?? whyNoReceiver();

describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(
  `tracing (${reason ?? "rows as the queue"})`,
  () => {
    let server: Postgres | undefined;
    afterAll(() => server?.remove());
    traceSuite("PostgreSQL's rows as the queue", async () => {
      server = await startPostgres({ version: "15" });
      return { TIDINGS_DATABASE_URL: await ownDatabase(server) };
    });
  },
);
