import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCorner } from "../../../../packages/server/src/store/conformance/corner.conformance.ts";
import { deadLettersConformance } from "../../../../packages/server/src/store/conformance/dead-letters.conformance.ts";
import { logConformance } from "../../../../packages/server/src/store/conformance/log.conformance.ts";
import { statisticsConformance } from "../../../../packages/server/src/store/conformance/statistics.conformance.ts";
import { sumsConformance } from "../../../../packages/server/src/store/conformance/sums.conformance.ts";
import { webhookCallsConformance } from "../../../../packages/server/src/store/conformance/webhook-calls.conformance.ts";
import type { Postgres } from "../../servers/postgres.ts";
import { sql } from "../../servers/postgres-sql.ts";
import { ownDatabase } from "../database.ts";
import { on, openReading, type Reading, untilStand } from "./reading-store.ts";

/** The calls that a replica may answer, and no others. */
const mayLag = [
  "listDeadLetters",
  "listMessages",
  "listWebhookDeliveries",
  "queueDepths",
  "recentSums",
  "sumStatistics",
];

/** What is read from a replica, and what never is. */
export function answersSuite(servers: () => { primary: Postgres; standby: Postgres }): void {
  describe("what a replica answers", () => {
    let reading: Reading;
    beforeAll(async () => {
      const { primary, standby } = servers();
      const url = await ownDatabase(primary);
      // Suites read what they have written: here a commit is answered once the standby shows it.
      const name = new URL(url).pathname.slice(1);
      await sql(url, `alter database ${name} set synchronous_commit = remote_apply`);
      reading = await openReading({ url, replicaUrls: [on(standby.port, url)] });
      await untilStand(reading, "used");
    });
    afterAll(async () => {
      await reading.close();
      expect(reading.outcomes.length).toBeGreaterThan(30);
      expect(reading.outcomes.filter((outcome) => outcome !== "replica")).toEqual([]);
    });

    const corner = () => openCorner(reading.store);
    logConformance(corner);
    sumsConformance(corner);
    statisticsConformance(corner);
    deadLettersConformance(corner);
    webhookCallsConformance(corner);

    test("is the calls that look over what happened: all others are the primary's own", () => {
      const { store, primary } = reading;
      const names = Object.entries(store).flatMap(([name, call]) =>
        call === Reflect.get(primary, name) ? [] : [name],
      );
      expect(names.sort()).toEqual(mayLag);
      expect(Object.keys(store).sort()).toEqual(Object.keys(primary).sort());
    });
  });

  describe("a replica that is behind, and no further than it may be", () => {
    test("answers with what it has, while whoever asks for what they wrote gets it from the primary", async () => {
      const { primary, standby } = servers();
      const url = await ownDatabase(primary);
      const reading = await openReading({ url, replicaUrls: [on(standby.port, url)] });
      await untilStand(reading, "used");
      const own = await openCorner(reading.store);
      const { environmentId, store } = own;
      await sql(standby.adminUrl, "select pg_wal_replay_pause()");
      try {
        const message = await own.queued();
        const dead = await own.dead();
        const list = (eventId?: string) => store.listMessages({ environmentId, eventId, before: "", limit: 10 });
        expect((await list()).items).toEqual([]);
        expect(await store.listDeadLetters({ environmentId, before: "", limit: 10 })).toEqual([]);
        expect(reading.outcomes).toEqual(["replica", "replica"]);
        expect((await list(message.eventId)).items.map(({ id }) => id)).toEqual([message.id]);
        expect(await store.getMessage({ environmentId, id: message.id })).toMatchObject({ id: message.id });
        expect(await store.getEvent({ environmentId, id: message.eventId, limit: 1 })).toBeDefined();
        expect(await store.getDeadLetter({ environmentId, id: dead.id })).toMatchObject({ id: dead.id });
        expect(reading.outcomes).toHaveLength(2);
      } finally {
        await sql(standby.adminUrl, "select pg_wal_replay_resume()");
        await reading.close();
      }
    });
  });
}
