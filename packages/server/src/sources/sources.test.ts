import { sourceBodySchema } from "@tidings/contract/sources";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { SimulatedClock } from "../lib/simulated-clock.ts";
import type { EventSource, EventSourceParts, SourceConfiguration } from "../ports/event-source.ts";
import { Sources, type SourcesParts } from "./sources.ts";

const mapping = { event: { name: "order", recipients: ["u"] } };
const sourceOf = (key: string, version = 1, enabled = true): SourceConfiguration => ({
  environmentId: 1,
  key,
  version,
  document: sourceBodySchema.parse({ type: "kafka", brokers: ["k:9092"], topic: "t", group: "g", enabled, mapping }),
  secrets: {},
});
const never = (): never => {
  throw new Error("nothing is taken in here");
};

let configured: SourceConfiguration[];
let told: string[];
let readers: Map<string, EventSourceParts>;
/** Keys of those that cannot be opened. */
let broken: Set<string>;
let tellChange: () => void;

function open(source: SourceConfiguration, parts: EventSourceParts): EventSource {
  const name = `${source.key} ${source.version}`;
  if (broken.has(source.key)) throw new Error("cannot be opened");
  return {
    start: () => void readers.set(name, parts),
    stop: async () => void readers.delete(name),
    lag: async () => 0,
  };
}

function sourcesOf(sourcesMax: number): Sources {
  const clock = new SimulatedClock(0);
  const tell = (what: string) => (source: SourceConfiguration) => void told.push(`${source.key} ${what}`);
  const parts: SourcesParts = {
    configured: () => configured,
    onChange: (listener) => {
      tellChange = listener;
      return () => {};
    },
    open,
    http: { request: never },
    ingest: { events: never, message: never },
    store: { writeSourceLetters: never },
    keyring: { sealForEnvironment: never },
    ids: { next: never, derive: never, deriveAt: never },
    clock,
    limits: {
      ...{ itemsPerCall: 1, recordBytesMax: 1, depthMax: 1, keptBytesMax: 1, waitMaxMs: 1 },
      ...{ refusedInRowMax: 1, refusedPauseMs: 1 },
    },
    sourcesMax,
    lagIntervalMs: 1000,
    observer: {
      onSettled: () => {},
      onRefused: () => {},
      onWaiting: () => {},
      onFault: tell("fault"),
      onReading: (source, isRead) => void told.push(`${source.key} ${isRead ? "read" : "left"}`),
      onUnreadable: tell("unreadable"),
      onReadable: tell("readable"),
      onLag: () => {},
    },
  };
  const sources = new Sources(parts);
  sources.start();
  return sources;
}

const read = (names: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect([...readers.keys()].toSorted()).toEqual(names));
const change = (to: SourceConfiguration[]): void => {
  configured = to;
  tellChange();
};

beforeEach(() => {
  configured = [];
  told = [];
  readers = new Map();
  broken = new Set();
});

describe("sources", () => {
  it("for which there is no place are told once, and read when there is one", async () => {
    configured = [sourceOf("a"), sourceOf("b")];
    const sources = sourcesOf(1);
    await read(["a 1"]);
    change(configured);
    change([sourceOf("a", 2), sourceOf("b")]);
    await read(["a 2"]);
    expect(told.filter((what) => what === "b unreadable")).toHaveLength(1);
    change([sourceOf("b")]);
    await read(["b 1"]);
    await sources.stop();
    expect(readers.size).toBe(0);
    expect(told.at(-1)).toBe("b left");
  });

  it("that cannot be opened are told, and leave all others alone", async () => {
    broken.add("a");
    configured = [sourceOf("a"), sourceOf("b")];
    const sources = sourcesOf(5);
    await read(["b 1"]);
    expect(told).toContain("a unreadable");
    change([sourceOf("a", 1, false), sourceOf("b")]);
    await vi.waitFor(() => expect(told.at(-1)).toBe("a left"));
    broken.clear();
    change([sourceOf("a", 2), sourceOf("b")]);
    await read(["a 2", "b 1"]);
    await sources.stop();
  });

  it("tell that they cannot be read, and that they can be again, where it changes", async () => {
    configured = [sourceOf("a")];
    const sources = sourcesOf(1);
    await read(["a 1"]);
    const parts = readers.get("a 1");
    parts?.onWell();
    for (const _ of [1, 2]) parts?.onFault(new Error("away"));
    for (const _ of [1, 2]) parts?.onWell();
    expect(told).toEqual(["a read", "a fault", "a unreadable", "a fault", "a readable"]);
    await sources.stop();
  });
});
