import { afterAll, beforeAll, describe } from "vitest";
import { type Postgres, startPostgres } from "../../servers/postgres.ts";
import { answersSuite } from "./answers.ts";
import { fallsBackSuite } from "./falls-back.ts";
import { foreignSuite } from "./foreign.ts";
import { serverSuite } from "./server.ts";

/** Reads from a standby, on servers of its own. */
export function replicaSuite(version: "15" | "17"): void {
  describe("a replica", () => {
    let primary: Postgres;
    let standby: Postgres;
    beforeAll(async () => {
      // A database whose commits are to be seen on the standby asks for it; the others wait for nobody.
      const settings = { synchronous_standby_names: "*", synchronous_commit: "local" };
      primary = await startPostgres({ version, settings });
      standby = await startPostgres({
        version,
        replicaOf: primary,
        settings: { max_standby_streaming_delay: "200ms" },
      });
    });
    afterAll(async () => {
      await standby.remove();
      await primary.remove();
    });
    const servers = () => ({ primary, standby });
    answersSuite(servers);
    fallsBackSuite(version, servers);
    foreignSuite(version, servers);
    serverSuite(servers);
  });
}
