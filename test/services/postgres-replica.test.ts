import { describe } from "vitest";
import { replicaSuite } from "./postgres/replica/suite.ts";
import { type PostgresVersion, whyNoPostgres } from "./servers/postgres-programs.ts";

const versions: readonly PostgresVersion[] = ["15", "17"];

// In CI a missing server is a failure; elsewhere the suite is skipped, and its name says why.
for (const version of versions) {
  const reason = whyNoPostgres(version);
  const name = `PostgreSQL ${version}${reason === undefined ? "" : ` (${reason})`}`;
  describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(name, () => replicaSuite(version));
}
