import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreMoveLine } from "@tidings/contract/store-move";
import { webhookDeliverySchema } from "@tidings/contract/webhooks";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { SeededRandom } from "../../../packages/server/src/lib/seeded-random.ts";
import { openPostgresPool } from "../../../packages/server/src/store/postgres/postgres.ts";
import { movedTables } from "../../../packages/server/src/store/sql/moved-tables.ts";
import { Api } from "../../harness/api.ts";
import { stopChild } from "../../harness/child.ts";
import { pause } from "../../harness/pause.ts";
import { startServerProcess } from "../../harness/server-process.ts";
import { ownDatabase, poolSettings } from "../postgres/database.ts";
import type { Postgres } from "../servers/postgres.ts";
import { sql } from "../servers/postgres-sql.ts";
import { fillSource } from "./fill-source.ts";
import { lineOf, type Moving, startMove } from "./moving.ts";
import { answerOf, fillWorld, Receiver, sendKeyed, untilSettled } from "./world.ts";

const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
const small = { TIDINGS_MOVE_BATCH_ROWS_MAX: "1" };
const deliveriesSchema = z.object({ items: z.array(webhookDeliverySchema) });

/** Moving an embedded store into a database of that server. */
export function storeMoveSuite(server: () => Postgres): void {
  describe("tidings migrate-store", () => {
    const folder = mkdtempSync(join(tmpdir(), "tidings-move-"));
    const source = join(folder, "small");
    beforeAll(() => fillSource(source, 60));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test("moves all that a server has and has still to do, over two kills", { timeout: 240_000 }, async () => {
      const random = new SeededRandom(seed);
      console.log(`TIDINGS_TEST_SEED=${seed}`);
      const directory = join(folder, "data");
      const receiver = await Receiver.start();
      const embedded = await startServerProcess(directory, { TIDINGS_DATABASE_URL: "" });
      const before = new Api(embedded.url);
      const world = await fillWorld(before, receiver);
      const to = await ownDatabase(server());
      const early = await startMove({ from: directory, to }).ended;
      expect([early.code, early.stderr]).toEqual([2, expect.stringContaining("another Tidings process owns")]);
      await before.close();
      await stopChild(embedded, "SIGKILL");

      for (let kills = 0; kills < 2; ) {
        const start = (onLine: (line: StoreMoveLine) => void) =>
          startMove({ from: directory, to, settings: small, onLine });
        const isKilled = await killWithin(start, random);
        expect([seed, isKilled]).toEqual([seed, true]);
        kills += 1;
        await expect(startServerProcess(directory, { TIDINGS_DATABASE_URL: to })).rejects.toThrow(
          "tidings migrate-store",
        );
      }
      const other = await startMove({ from: source, to }).ended;
      expect([other.code, other.stderr]).toEqual([2, expect.stringContaining(`another store, ${directory}`)]);
      const moved = await startMove({ from: directory, to, settings: small }).ended;
      expect([seed, moved.stderr, moved.code]).toEqual([seed, "", 0]);
      expect(lineOf(moved, "started")).toMatchObject({ resumed: true, copied: expect.any(Number) });
      expect(lineOf(moved, "started").copied).toBeGreaterThan(0);
      expect(lineOf(moved, "done").masterKey).toBe(join(directory, "master.key"));

      // Whoever waited is called again, and answers.
      receiver.answers = true;
      const after = await startServerProcess(directory, { TIDINGS_DATABASE_URL: to });
      const api = new Api(after.url);
      for (const [path, answer] of world.settled)
        expect({ path, ...Object(await answerOf(api, path, world.token)) }).toEqual({ path, ...Object(answer) });
      expect(await sendKeyed(api, world.keyed)).toBe(world.keyed.id);
      const states = await untilSettled(api, world.open, 1);
      expect(states).toHaveLength(world.open.length);
      const hooked = receiver.calls.filter((call) => call.startsWith("/hook"));
      expect([hooked.length, new Set(hooked).size]).toEqual([2, 1]);
      const deliveries = await vi.waitUntil(
        async () => {
          const { json } = await api.call("GET", `/v1/webhooks/${world.webhook}/deliveries?limit=100`);
          const { items } = deliveriesSchema.parse(json);
          return items.length > 0 && items.every(({ state }) => state === "delivered") ? items : undefined;
        },
        { timeout: 30_000, interval: 100 },
      );
      expect(deliveries.length).toBeGreaterThan(0);
      await api.put("/v1/templates/new", { email: { subject: "new", text: "x" } });
      await api.close();
      await stopChild(after);
      receiver.close();
    });

    test("finds a row that is another in the destination, one that is missing and one too many", async () => {
      for (const [change, message] of [
        ["new.tenant = 'another'; return new", "tenant of "],
        ["return null", "where the destination has"],
        ["new.sequence = 7000000000; new.run_id = 'copy'; return new", "where the destination has"],
      ]) {
        const to = await ownDatabase(server());
        await (await openPostgresPool(poolSettings(to))).end();
        const table = change?.includes("sequence") ? "decision" : "message";
        await sql(to, `create function spoil() returns trigger language plpgsql as $$ begin ${change}; end $$`);
        const which = table === "message" ? "new.recipient = 'user_7'" : "true";
        await sql(
          to,
          `create trigger spoil before insert on ${table} for each row when (${which}) execute function spoil()`,
        );
        const moved = await startMove({ from: source, to, settings: { TIDINGS_MOVE_BATCH_ROWS_MAX: "10" } }).ended;
        expect([moved.code, moved.stderr]).toEqual([1, expect.stringContaining(`table ${table} is not the same`)]);
        expect(moved.stderr).toContain(message);
        await expect(startServerProcess(source, { TIDINGS_DATABASE_URL: to })).rejects.toThrow("tidings migrate-store");
      }
    });

    test("goes nowhere where there are rows of somebody else, and stops after a batch when it is asked to", async () => {
      const to = await ownDatabase(server());
      const store = await startServerProcess(join(folder, "other"), { TIDINGS_DATABASE_URL: to });
      const beside = await startMove({ from: source, to }).ended;
      expect([beside.code, beside.stderr]).toEqual([
        2,
        expect.stringContaining(`at work on the destination: ${store.pid}`),
      ]);
      await stopChild(store);
      const occupied = await startMove({ from: source, to, args: ["--dry-run"] }).ended;
      expect([occupied.code, occupied.stderr]).toEqual([2, expect.stringContaining("table environment has rows")]);

      const free = await ownDatabase(server());
      const planned = await startMove({ from: source, to: free, args: ["--dry-run"] }).ended;
      expect(lineOf(planned, "planned").tables).toContainEqual({ name: "message", rows: 60 });
      expect(await sql(free, "select to_regclass('message') as message")).toEqual([{ message: null }]);
      const moving = startMove({
        from: source,
        to: free,
        settings: { TIDINGS_MOVE_BATCH_ROWS_MAX: "1" },
        onLine: ({ kind }) => kind === "progress" && moving.interrupt(),
      });
      const stopped = await moving.ended;
      expect(stopped.code).toBe(130);
      const { rows } = lineOf(stopped, "stopped");
      const again = await startMove({ from: source, to: free }).ended;
      expect(again.code).toBe(0);
      expect(lineOf(again, "started").copied).toBe(rows);
      const parts = await sql(
        free,
        "select count(distinct tableoid) as count from message where tableoid::regclass::text <> 'message_rest'",
      );
      expect(Number(parts[0]?.["count"])).toBeGreaterThan(0);
      expect(await sql(free, "select 1 from message_rest")).toEqual([]);
    });

    test("knows every table and column of the destination, but for those of its processes", async () => {
      const url = await ownDatabase(server());
      await (await openPostgresPool(poolSettings(url))).end();
      const rows = await sql(
        url,
        `select table_name || '.' || column_name || ' ' || data_type as column from information_schema.columns
         where table_schema = 'public' and table_name not in (select relname from pg_class where relispartition)`,
      );
      const others = /^(migration|worker|lease|rate_window|store_move|store_move_table)\./;
      const stored = rows.map(({ column }) => String(column)).filter((column) => !others.test(column));
      const moved = movedTables.flatMap(({ name, columns }) =>
        columns.map((each) => `${name}.${each.name} ${each.type}`),
      );
      expect(stored.toSorted()).toEqual(moved.toSorted());
    });

    test("gives the same digests whatever the batches are, and says so again where all is done", async () => {
      const digests = [];
      const to = await ownDatabase(server());
      for (const [database, rows] of [
        [await ownDatabase(server()), "1000"],
        [to, "7"],
        [to, "7"],
      ]) {
        const moved = await startMove({
          from: source,
          to: database ?? "",
          settings: { TIDINGS_MOVE_BATCH_ROWS_MAX: rows ?? "" },
        }).ended;
        digests.push(lineOf(moved, "done").tables);
      }
      expect(digests[1]).toEqual(digests[0]);
      expect(digests[2]).toEqual(digests[0]);
      expect(digests[0]?.find(({ name }) => name === "message")).toMatchObject({ rows: 60 });
    });
  });
}

/** Kills a move at some moment after its first batch; false where it ended before. */
async function killWithin(start: (onLine: (line: StoreMoveLine) => void) => Moving, random: SeededRandom) {
  let isMoving = false;
  let isEnded = false;
  const moving = start(({ kind }) => {
    isMoving ||= kind === "progress";
  });
  const ended = moving.ended.finally(() => {
    isEnded = true;
  });
  await vi.waitUntil(() => isEnded || isMoving, { timeout: 60_000, interval: 2 });
  await pause(random.number() * 150);
  moving.kill9();
  const { lines } = await ended;
  return lines.every(({ kind }) => kind !== "done");
}
