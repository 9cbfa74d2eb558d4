import { describe, expect, test } from "vitest";
import { LogSync } from "./log-sync.ts";

/** A disk whose syncs come back when they are told to. */
function bench() {
  const syncs: ((error: Error | null) => void)[] = [];
  const durable: string[] = [];
  const faults: string[] = [];
  const sync = new LogSync<string>((done) => syncs.push(done), {
    onDurable: (turns) => durable.push(...turns),
    onFault: ({ message }) => faults.push(message),
  });
  return { sync, syncs, durable, faults };
}

describe("the log's syncs", () => {
  test("a turn is durable when a sync has come back that began after its commit", () => {
    const { sync, syncs, durable } = bench();
    sync.add("first", "sync");
    sync.add("second", "sync");
    expect(durable).toEqual([]);
    syncs[0]?.(null);
    expect(durable).toEqual(["first"]);
    expect(sync.isIdle).toBe(false);
    syncs[1]?.(null);
    expect(durable).toEqual(["first", "second"]);
    expect(sync.isIdle).toBe(true);
  });

  test("turns that are committed while a sync is under way share the next, and there is one at a time", () => {
    const { sync, syncs, durable } = bench();
    for (const turn of ["a", "b", "c", "d"]) sync.add(turn, "sync");
    expect(syncs).toHaveLength(1);
    syncs[0]?.(null);
    expect(syncs).toHaveLength(2);
    syncs[1]?.(null);
    expect(durable).toEqual(["a", "b", "c", "d"]);
    expect(syncs).toHaveLength(2);
  });

  test("a turn that wrote nothing needs no sync, and waits for the turns before it", () => {
    const { sync, syncs, durable } = bench();
    sync.add("read", "nothing");
    expect(durable).toEqual(["read"]);
    expect(syncs).toHaveLength(0);
    sync.add("written", "sync");
    sync.add("read after it", "nothing");
    expect(durable).toEqual(["read"]);
    syncs[0]?.(null);
    expect(durable).toEqual(["read", "written", "read after it"]);
    sync.add("written", "sync");
    sync.add("written behind it", "sync");
    sync.add("read after both", "nothing");
    syncs[1]?.(null);
    expect(durable.slice(3)).toEqual(["written"]);
    syncs[2]?.(null);
    expect(durable.slice(4)).toEqual(["written behind it", "read after both"]);
  });

  test("a turn behind which the log was synced makes all before it durable, and a sync under way covers nothing that comes later", () => {
    const { sync, syncs, durable } = bench();
    sync.add("first", "sync");
    sync.add("second", "sync");
    sync.add("third", "synced");
    expect(durable).toEqual(["first", "second", "third"]);
    sync.add("read", "nothing");
    sync.add("fourth", "sync");
    sync.add("read after it", "nothing");
    expect(durable.slice(3)).toEqual(["read"]);
    syncs[0]?.(null);
    expect(durable.slice(4)).toEqual([]);
    expect(syncs).toHaveLength(2);
    syncs[1]?.(null);
    expect(durable.slice(4)).toEqual(["fourth", "read after it"]);
    expect(sync.isIdle).toBe(true);
  });

  test("after a sync that failed nothing is told as durable", () => {
    const { sync, syncs, durable, faults } = bench();
    sync.add("lost", "sync");
    sync.add("behind it", "sync");
    syncs[0]?.(new Error("EIO"));
    for (const needs of ["nothing", "sync", "synced"] as const) sync.add("later", needs);
    expect(faults).toEqual(["EIO"]);
    expect(syncs).toHaveLength(1);
    expect(durable).toEqual([]);
  });
});
