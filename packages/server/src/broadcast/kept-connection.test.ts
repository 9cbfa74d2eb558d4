import { afterEach, beforeEach, expect, test } from "vitest";
import { eventLoopTurn } from "../lib/event-loop-turn.ts";
import { SimulatedClock } from "../lib/simulated-clock.ts";
import type { NotifyingConnection } from "./kept-connection.ts";
import { PostgresBroadcast } from "./postgres.ts";

/** The other side of a connection, as a test has it. */
class FakeConnection implements NotifyingConnection {
  readonly sent: string[] = [];
  answers: "yes" | "no" | "never" = "yes";
  isEnded = false;
  readonly #onEnd: () => void;
  #receive: (message: { payload?: string | undefined }) => void = () => {};

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  query(_: string, values: unknown[] = []): Promise<unknown> {
    if (this.answers === "never") return new Promise(() => {});
    if (this.answers === "no" || this.isEnded) return Promise.reject(new Error("not now"));
    if (values[1] !== undefined) this.sent.push(String(values[1]));
    return Promise.resolve();
  }

  on(_: "notification", receive: (message: { payload?: string | undefined }) => void): void {
    this.#receive = receive;
  }

  tell(hints: readonly (readonly [string, string])[]): void {
    this.#receive({ payload: JSON.stringify({ from: "there", hints }) });
  }

  async end(): Promise<void> {
    this.isEnded = true;
    this.#onEnd();
  }
}

let clock: SimulatedClock;
let made: FakeConnection[];
let mayConnect: boolean;
let tries: number;
let faults: unknown[];
let broadcast: PostgresBroadcast;
beforeEach(async () => {
  clock = new SimulatedClock(0);
  made = [];
  mayConnect = true;
  tries = 0;
  faults = [];
  broadcast = new PostgresBroadcast({
    connect: async (onEnd) => {
      tries += 1;
      if (!mayConnect) throw new Error("nobody is there");
      made.push(new FakeConnection(onEnd));
      return current();
    },
    clock,
    node: "here",
    onFault: (error) => faults.push(error),
  });
  await broadcast.start();
});
afterEach(() => broadcast.close());

function current(): FakeConnection {
  const connection = made.at(-1);
  if (connection === undefined) throw new RangeError("there is no connection");
  return connection;
}
const sent = (connection: FakeConnection): string[] =>
  connection.sent.flatMap((payload) =>
    (JSON.parse(payload) as { hints: string[][] }).hints.map((hint) => hint.join(" ")),
  );

async function pass(ms: number): Promise<void> {
  await clock.settleTo(clock.now() + ms);
  await eventLoopTurn();
}

test("what is published in one turn goes in one message", async () => {
  for (const subject of ["1:a", "1:b", "1:a"]) broadcast.publish("inbox", subject);
  await pass(0);
  expect([sent(current()), current().sent.length]).toEqual([["inbox 1:a", "inbox 1:b"], 1]);
});

test("a connection that does not answer is given up, another one is made, and all hints are heard", async () => {
  const heard: string[] = [];
  broadcast.subscribe("inbox", (subject) => heard.push(`inbox ${subject}`));
  broadcast.subscribe("keys", (subject) => heard.push(`keys ${subject}`));
  await pass(60_000);
  expect([made.length, heard]).toEqual([1, []]);
  const silent = current();
  silent.answers = "never";
  await pass(20_000);
  expect([made.length, silent.isEnded]).toEqual([2, true]);
  expect(heard.toSorted()).toEqual(["inbox ", "keys "]);
});

test("what is published while there is no connection goes with the next one, which is tried for more and more seldom", async () => {
  mayConnect = false;
  await current().end();
  broadcast.publish("inbox", "1:a");
  await pass(60_000);
  expect(tries).toBeGreaterThan(10);
  expect(tries).toBeLessThan(60);
  mayConnect = true;
  await pass(2000);
  expect([made.length, sent(current())]).toEqual([2, ["inbox 1:a"]]);
});

test("what could not be sent is sent again, with all that came meanwhile", async () => {
  current().answers = "no";
  broadcast.publish("inbox", "1:a");
  await pass(0);
  broadcast.publish("work", "events.critical");
  current().answers = "yes";
  await pass(1000);
  expect([made.length, sent(current())]).toEqual([1, ["inbox 1:a", "work events.critical"]]);
});

test("hints that only a newer version knows are left, and those beside them are heard", async () => {
  const heard: string[] = [];
  broadcast.subscribe("inbox", (subject) => heard.push(subject));
  current().tell([
    ["weather", "rain"],
    ["inbox", "1:a"],
  ]);
  await pass(0);
  expect([heard, faults]).toEqual([["1:a"], []]);
});

test("closed, it has sent what was published, waits for nobody who is silent, and tries no more", async () => {
  broadcast.publish("inbox", "1:a");
  await broadcast.close();
  expect([sent(current()), current().isEnded]).toEqual([["inbox 1:a"], true]);
  await pass(60_000);
  expect(tries).toBe(1);
});

test("a close does not wait for a connection that is silent", async () => {
  current().answers = "never";
  broadcast.publish("inbox", "1:a");
  const closed = broadcast.close();
  await pass(1000);
  await closed;
  expect(current().isEnded).toBe(true);
});
