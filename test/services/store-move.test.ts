import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { fillSource } from "./move/fill-source.ts";
import { lineOf, type Moved, startMove } from "./move/moving.ts";
import { type Postgres, startPostgres } from "./servers/postgres.ts";
import { whyNoPostgres } from "./servers/postgres-programs.ts";
import { sql } from "./servers/postgres-sql.ts";

const messages = Number(process.env["TIDINGS_TEST_MOVE_MESSAGES"] ?? 2000);
/** A data directory that is there already, in place of one that is made. */
const given = process.env["TIDINGS_TEST_MOVE_SOURCE"];
const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
const small = messages < 10_000 ? { TIDINGS_MOVE_BATCH_ROWS_MAX: "50" } : {};
/** Filling, and then moving 500 rows a second. */
const timeoutMs = 120_000 + messages * 10;

const reason = whyNoPostgres("15");
const name = `a store of ${messages} messages${reason === undefined ? "" : ` (${reason})`}`;

describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(name, () => {
  const folder = mkdtempSync(join(tmpdir(), "tidings-many-"));
  const from = given ?? join(folder, "data");
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres({ version: "15" });
    if (given === undefined) await fillSource(from, messages);
  }, timeoutMs);
  afterAll(async () => {
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test("moves to PostgreSQL, interrupted twice by kill -9 at random shares", { timeout: timeoutMs }, async () => {
    const random = new SeededRandom(seed);
    console.log(`TIDINGS_TEST_SEED=${seed}`);
    const startedAt = performance.now();
    const peaks: number[] = [];
    const [first, second] = [random.number(), random.number()].sort((a, b) => a - b);
    const killed = [await move(0.1 + 0.8 * (first ?? 0), peaks), await move(0.1 + 0.8 * (second ?? 0), peaks)];
    expect([seed, killed.flatMap(({ lines }) => lines).some(({ kind }) => kind === "done")]).toEqual([seed, false]);
    const moved = await move(Number.POSITIVE_INFINITY, peaks);
    expect([seed, moved.stderr, moved.code]).toEqual([seed, "", 0]);
    expect(lineOf(moved, "started").copied).toBeGreaterThan(0);
    const done = lineOf(moved, "done");
    expect(done.tables).toContainEqual(expect.objectContaining({ name: "message", rows: messages }));
    const [counted] = await sql(server.url, "select count(*)::int as messages from message");
    expect(counted).toEqual({ messages });
    tell(done.rows, performance.now() - startedAt, [...killed, moved], [...peaks, done.peakMemoryBytes / 2 ** 20]);
  });

  /** Kills the move once that share of its rows is copied, or of all its work where it is past that. */
  async function move(share: number, peaks: number[]): Promise<Moved> {
    let peak = 0;
    const moving = startMove({
      from,
      to: server.url,
      settings: small,
      onLine: (line) => {
        if (line.kind !== "progress") return;
        peak = Math.max(peak, moving.peakMib());
        if (line.phase === "verify" || line.rows >= share * line.total) {
          if (Number.isFinite(share)) moving.kill9();
        }
      },
    });
    const moved = await moving.ended;
    peaks.push(peak);
    return moved;
  }
});

function tell(rows: number, ms: number, runs: readonly Moved[], peaks: readonly number[]): void {
  const speeds = (["copy", "verify"] as const).map((phase) => {
    const of = runs.flatMap(({ lines }) =>
      lines.flatMap((line) => (line.kind === "progress" && line.phase === phase ? [line.rowsPerSecond] : [])),
    );
    return `${phase} ${of.at(-1) ?? 0} rows/s`;
  });
  const peak = Math.round(Math.max(...peaks));
  console.log(`${rows} rows, ${speeds.join(", ")}, ${Math.round(ms / 1000)} s in all, at most ${peak} MiB`);
}
