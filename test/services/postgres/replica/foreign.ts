import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgresPool } from "../../../../packages/server/src/store/postgres/postgres.ts";
import { identityOf } from "../../../../packages/server/src/store/postgres/replica/identity.ts";
import { refuseForeign } from "../../../../packages/server/src/store/postgres/replica/refuse-foreign.ts";
import { withSession } from "../../../../packages/server/src/store/postgres/with-session.ts";
import { type Postgres, startPostgres } from "../../servers/postgres.ts";
import { sql } from "../../servers/postgres-sql.ts";
import { openStore, ownDatabase, poolSettings } from "../database.ts";
import { on, openReading, untilStand } from "./reading-store.ts";

const forbid = "revoke execute on function pg_control_system() from public";
const allow = "grant execute on function pg_control_system() to public";

/** A server that is a copy of something else. */
export function foreignSuite(version: "15" | "17", servers: () => { primary: Postgres; standby: Postgres }): void {
  describe("a replica of another database", () => {
    let stranger: Postgres;
    let itsStandby: Postgres;
    beforeAll(async () => {
      stranger = await startPostgres({ version });
      itsStandby = await startPostgres({ version, replicaOf: stranger });
    });
    afterAll(async () => {
      await itsStandby.remove();
      await stranger.remove();
    });

    /** Resolves where a process with this database would start with that replica. */
    async function starts(url: string, replicaUrl: string): Promise<void> {
      const pool = await openPostgresPool(poolSettings(url));
      try {
        const own = await withSession(pool, "critical", identityOf);
        await refuseForeign(own, [poolSettings(replicaUrl)]);
      } finally {
        await pool.end();
      }
    }

    test("is refused by its address: of another cluster, or beside the right one in its own", async () => {
      const { primary, standby } = servers();
      const other = await ownDatabase(primary);
      await expect(starts(primary.url, itsStandby.url)).rejects.toThrow(
        `127.0.0.1:${itsStandby.port} has another database`,
      );
      await expect(starts(primary.url, stranger.url)).rejects.toThrow("has another database");
      await expect(starts(other, standby.url)).rejects.toThrow("has another database");
    });

    test("is no reason to refuse one that is away, or takes writes now, as after a failover", async () => {
      const { primary, standby } = servers();
      await expect(starts(primary.url, standby.url)).resolves.toBeUndefined();
      await expect(starts(primary.url, primary.url)).resolves.toBeUndefined();
      await expect(starts(primary.url, on(1, primary.url))).resolves.toBeUndefined();
    });

    test("is never read from where nobody may ask for the cluster's name: it does not show the heartbeat", async () => {
      const { primary, standby } = servers();
      const own = primary.url;
      await (await openStore(stranger.url)).store.close();
      await sql(asAdmin(own, primary), forbid);
      try {
        await expect(starts(own, itsStandby.url)).resolves.toBeUndefined();
        const wrong = await openReading({ url: own, replicaUrls: [itsStandby.url], retryMs: 20 });
        await untilStand(wrong, "aside", "behind");
        await wrong.store.recentSums({ fromMinute: 0, toMinute: 1 });
        expect(wrong.outcomes).toEqual(["aside"]);
        await wrong.close();
        const right = await openReading({ url: own, replicaUrls: [standby.url], retryMs: 20 });
        await untilStand(right, "used");
        await right.store.recentSums({ fromMinute: 0, toMinute: 1 });
        expect(right.outcomes).toEqual(["replica"]);
        await right.close();
      } finally {
        await sql(asAdmin(own, primary), allow);
      }
    });
  });
}

/** A database as the superuser, who has the same name on all servers. */
function asAdmin(url: string, { adminUrl }: Postgres): string {
  const { username, password } = new URL(adminUrl);
  const admin = new URL(url);
  admin.username = username;
  admin.password = password;
  return admin.href;
}
