import { describe, expect, test } from "vitest";
import { openCorner, times } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import { withSession } from "../../../packages/server/src/store/postgres/with-session.ts";
import { until } from "../../harness/until.ts";
import type { Postgres } from "../servers/postgres.ts";
import { openStore, ownDatabase } from "./database.ts";
import { twoStores } from "./two-stores.ts";

/** Pauses that begin, keep and end in several processes at once. */
export function pausesTogetherSuite(server: () => Postgres): void {
  describe("two processes on one database: pauses", () => {
    const { either, corner } = twoStores(server);

    test("nothing stays kept by a pause that ends while messages are being kept by it", async () => {
      const own = await corner();
      const { environmentId, at } = own;
      for (const round of times(15, (index) => index)) {
        const name = { environmentId, kind: "lane", key: "marketing", tenant: `${round}` } as const;
        const begun = { ...name, id: own.id(), reason: "", until: null, now: at, pausesMax: 100 };
        const pauseId = (await either(round).putPause(begun))?.id ?? "";
        const messages = await own.queuedAll(times(60, () => ({ lane: "marketing" as const })));
        const hold = ({ id: messageId }: { id: string }, index: number) =>
          either(index).holdMessages({
            holds: [{ environmentId, messageId, attempts: 0, pauseId, at: at }],
            lane: "marketing",
          });
        const holding = messages.slice(0, 50).map(hold);
        await holding[10];
        const ended = either(1).endPause({ ...name, now: at });
        const late = messages.slice(50).map(hold);
        await ended;
        const release = async (index: number) => {
          while ((await either(index).releaseHeld({ now: at, limit: 7 })).isLeft);
        };
        await Promise.all([release(0), release(1)]);
        await Promise.all([...holding, ...late]);
        const due = await own.dueMessages({ lane: "marketing", now: at + 500 });
        expect(await either(0).countHeld({ pauseId, countMax: 100 })).toBe(0);
        expect(messages.filter(({ id }) => !due.includes(id))).toEqual([]);
        for (const message of messages) await own.start(message, { at: at + 500 });
      }
    });

    test("a pause waits with its end for who is keeping a message by it, however long that takes", async () => {
      const { store, pool } = await openStore(await ownDatabase(server()));
      const own = await openCorner(store);
      const { environmentId, at } = own;
      const name = { environmentId, kind: "lane", key: "marketing", tenant: "" } as const;
      const begun = await store.putPause({ ...name, id: own.id(), reason: "", until: null, now: at, pausesMax: 9 });
      const pauseId = begun?.id ?? "";
      const message = await own.queued({ lane: "marketing" });
      const release = async () => {
        while ((await store.releaseHeld({ now: at, limit: 7 })).isLeft);
      };
      let ended: Promise<unknown> = Promise.resolve();
      let isEnded = false;
      let held: Promise<unknown> = Promise.resolve();
      await withSession(pool, "transactional", async (session) => {
        const waiting = async (event: string): Promise<boolean> => {
          // A transaction sees who waits as it was at its first look.
          await session.exec("select pg_stat_clear_snapshot()");
          const sql = "select 1 from pg_stat_activity where datname = current_database() and wait_event = $1";
          return (await session.all(sql, event)).length > 0;
        };
        await session.exec("begin");
        await session.run(
          "select 1 from message where environment_id = $1 and id = $2 for update",
          environmentId,
          message.id,
        );
        const row = { environmentId, messageId: message.id, attempts: 0, pauseId, at };
        held = store.holdMessages({ holds: [row], lane: "marketing" });
        await until("the message is waited for", () => waiting("transactionid"));
        ended = store.endPause({ ...name, now: at }).then(() => {
          isEnded = true;
        });
        await until("the pause's end waits, or is through", async () => isEnded || (await waiting("advisory")));
        if (isEnded) await release();
        await session.exec("commit");
      });
      await Promise.all([held, ended]);
      await release();
      expect(await store.countHeld({ pauseId, countMax: 9 })).toBe(0);
      expect(await own.row(message)).toMatchObject({ state: "queued", dueAt: at, reason: "" });
      await store.close();
    });

    test("who follows the sequence of pauses misses no change, however many begin and end at once", async () => {
      const { environmentId, at } = await corner();
      const tenants = times(60, (index) => `t${index}`);
      const known = await either(0).pausesSince({ sequence: 0, limit: 100_000 });
      let sequence = known.at(-1)?.sequence ?? 0;
      const seen = new Map<string, boolean>();
      let isWriting = true;
      const written = Promise.all(
        tenants.map(async (tenant, index) => {
          const name = { environmentId, kind: "channel", key: "sms", tenant } as const;
          const id = `00000000-0000-8000-8000-${String(environmentId * 1000 + index).padStart(12, "0")}`;
          await either(index).putPause({ ...name, id, reason: "", until: null, now: at, pausesMax: 100 });
          if (index % 2 === 0) await either(index + 1).endPause({ ...name, now: at });
        }),
      ).finally(() => {
        isWriting = false;
      });
      for (let more = true; more; ) {
        more = isWriting;
        for (const row of await either(1).pausesSince({ sequence, limit: 7 })) {
          seen.set(row.tenant, row.endedAt === null);
          sequence = row.sequence;
          more = true;
        }
      }
      await written;
      expect([...seen.keys()].toSorted()).toEqual(tenants.toSorted());
      expect([...seen.values()].filter((isInForce) => isInForce)).toHaveLength(30);
    });
  });
}
