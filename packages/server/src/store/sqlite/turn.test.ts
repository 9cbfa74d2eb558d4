import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lane } from "@tidings/contract/words";
import { afterEach, describe, expect, test } from "vitest";
import { Corner, times } from "../conformance/corner.conformance.ts";
import type { CallName } from "./context.ts";
import { Database } from "./database.ts";
import { inProcessStore } from "./in-process.ts";
import { migrate } from "./migrate.ts";
import { SimulatedCrash, type StoreReply, TurnRunner } from "./turn.ts";

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

function newDatabase(): Database {
  const database = new Database(":memory:", { cacheMib: 2, checkpointPages: 1000 });
  opened.push(database);
  migrate(database, 0);
  return database;
}

/** A runner whose clock moves on by `callMs` with every look at it, as if each call took that long. */
function bench({ callMs = 0, turnCallsMax = 100 } = {}) {
  const database = newDatabase();
  let time = 0;
  const monotonic = () => {
    time += callMs;
    return time;
  };
  const runner = new TurnRunner(database, { turnMs: 10, turnCallsMax }, monotonic);
  const replies: StoreReply[] = [];
  let lastId = 0;
  const enqueue = (lane: Lane, call: CallName = "listEnvironments", input: unknown = {}): number => {
    lastId += 1;
    runner.enqueue({ id: lastId, call, lane, input });
    return lastId;
  };
  const run = (between?: (point: "executed" | "committed") => void): number[] => {
    const from = replies.length;
    runner.run((reply) => replies.push(reply), between);
    return replies.slice(from).map(({ id }) => id);
  };
  return { database, runner, replies, enqueue, run };
}

const corner = new Corner(
  inProcessStore(newDatabase(), { limits: { turnMs: 1, turnCallsMax: 1 }, monotonic: () => 0, schedule: () => {} }),
  1_000_000,
  1,
  2,
);

describe("a turn", () => {
  test("lets one of each lane in, then takes the most urgent, each lane in its order", () => {
    const { enqueue, run } = bench();
    const marketing = times(3, () => enqueue("marketing"));
    const transactional = times(3, () => enqueue("transactional"));
    const critical = times(3, () => enqueue("critical"));
    const [c, t, m] = [critical[0], transactional[0], marketing[0]];
    expect(run()).toEqual([c, t, m, ...critical.slice(1), ...transactional.slice(1), ...marketing.slice(1)]);
  });

  test("takes a bounded number of calls, and the others in the turns after it", () => {
    const { enqueue, run, runner } = bench({ turnCallsMax: 4 });
    const marketing = times(6, () => enqueue("marketing"));
    const critical = times(6, () => enqueue("critical"));
    expect(run()).toEqual([critical[0], marketing[0], critical[1], critical[2]]);
    expect(run()).toEqual([critical[3], marketing[1], critical[4], critical[5]]);
    expect(run()).toEqual(marketing.slice(2));
    expect(runner.waiting).toBe(0);
  });

  test("that is over in time gives back what it did not execute, in its order", () => {
    const { enqueue, run, runner } = bench({ callMs: 4 });
    const calls = times(6, () => enqueue("transactional"));
    const first = run();
    expect(first.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThan(6);
    expect(runner.waiting).toBe(6 - first.length);
    expect([...first, ...run(), ...run(), ...run()]).toEqual(calls);
  });

  test("lets one of each waiting lane in however long the more urgent ones take", () => {
    const { enqueue, run } = bench({ callMs: 50 });
    const critical = times(5, () => enqueue("critical"));
    const marketing = times(2, () => enqueue("marketing"));
    expect(run()).toEqual([critical[0], marketing[0]]);
    expect(run()).toEqual([critical[1], marketing[1]]);
    expect(run()).toEqual([critical[2]]);
  });

  test("answers nothing before the commit that covers it", () => {
    const { enqueue, run, replies, runner } = bench();
    for (const index of times(3, (each) => each))
      enqueue("critical", "acceptEvents", { events: [corner.event({ name: String(index) })] });
    const answeredAt: [string, number][] = [];
    run((point) => answeredAt.push([point, replies.length]));
    expect(answeredAt).toEqual([
      ["executed", 0],
      ["executed", 0],
      ["executed", 0],
      ["committed", 0],
    ]);
    expect(replies).toHaveLength(3);
    expect(runner.waiting).toBe(0);
  });

  test.each(["executed", "committed"] as const)(
    "that crashes when %s answers nobody; only what was committed is there",
    (where) => {
      const { database, enqueue, run, replies } = bench();
      enqueue("critical", "acceptEvents", { events: [corner.event()] });
      expect(() =>
        run((point) => {
          if (point === where) throw new SimulatedCrash();
        }),
      ).toThrow(SimulatedCrash);
      expect(replies).toEqual([]);
      const count = (table: string) => database.get(`select count(*) as n from ${table}`)?.n;
      expect([count("event"), count("statistic")]).toEqual(where === "committed" ? [1, 1] : [0, 0]);
    },
  );

  test("a call that throws leaves nothing, not even a count, and does not touch its neighbours", () => {
    const { database, enqueue, run, replies } = bench();
    const known = corner.event();
    enqueue("transactional", "acceptEvents", { events: [known] });
    enqueue("transactional", "acceptEvents", { events: [corner.event(), corner.event(), known] });
    enqueue("transactional", "acceptEvents", { events: [corner.event()] });
    run();
    expect(replies.map(({ status }) => status)).toEqual(["done", "failed", "done"]);
    expect(database.get("select count(*) as n from event")).toEqual({ n: 2 });
    expect(database.get("select sum(value) as n from statistic where metric = 'accepted'")).toEqual({ n: 2 });
  });

  test("whose commit fails fails every call of it, and the next turn goes on", () => {
    const { database, enqueue, run, replies } = bench();
    // A deferred constraint is checked by the commit itself.
    database.exec(
      "pragma foreign_keys = on; create table broken (id integer references environment (id) deferrable initially deferred) strict",
    );
    enqueue("critical", "acceptEvents", { events: [corner.event()] });
    enqueue("critical", "acceptEvents", { events: [corner.event()] });
    let inserted = false;
    run((point) => {
      if (point === "executed" && !inserted) database.exec("insert into broken values (999)");
      inserted = true;
    });
    expect(replies.map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect(database.get("select (select count(*) from event) + (select count(*) from statistic) as n")).toEqual({
      n: 0,
    });
    enqueue("critical", "acceptEvents", { events: [corner.event()] });
    run();
    expect(replies.at(-1)).toMatchObject({ status: "done" });
    expect(database.get("select sum(value) as n from statistic")).toEqual({ n: 1 });
  });
});

test("each migration is applied once, and a database of a newer version is refused", () => {
  const directory = mkdtempSync(join(tmpdir(), "tidings-migrate-"));
  opened.push({ close: () => rmSync(directory, { recursive: true }) });
  const open = () => {
    const database = new Database(join(directory, "tidings.db"), { cacheMib: 2, checkpointPages: 1000 });
    opened.unshift(database);
    return database;
  };
  const database = open();
  migrate(database, 1);
  migrate(database, 2);
  const applied = database.all("select number, applied_at from migration order by number");
  expect(applied.length).toBeGreaterThan(0);
  expect(new Set(applied.map((row) => row.applied_at))).toEqual(new Set([1]));
  database.run("insert into migration (number, name, applied_at) values (9999, 'future', 0)");
  expect(() => migrate(open(), 3)).toThrow(/a newer Tidings wrote it/);
});
