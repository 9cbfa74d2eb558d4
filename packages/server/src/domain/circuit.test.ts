import { beforeEach, describe, expect, test } from "vitest";
import { Circuit } from "./circuit.ts";

const limits = {
  failuresMin: 4,
  failedShare: 0.5,
  windowMs: 10_000,
  streakMin: 8,
  pauseMs: 1000,
  pauseMaxMs: 8000,
  silenceMs: 3000,
  silentCallsMin: 3,
};

let circuit: Circuit;
beforeEach(() => {
  circuit = new Circuit(limits);
});
const fail = (now: number, count = 1) => {
  let opened = false;
  for (let index = 0; index < count; index += 1) opened = circuit.fail(circuit.begin(now), now, true) || opened;
  return opened;
};
const succeed = (now: number, count = 1) => {
  let closed = false;
  for (let index = 0; index < count; index += 1) closed = circuit.succeed(circuit.begin(now), now) || closed;
  return closed;
};

describe("a circuit", () => {
  test("stays closed below the least number of failures, and below their share", () => {
    expect(fail(0, 3)).toBe(false);
    succeed(0, 7);
    expect(fail(0, 3)).toBe(false);
    expect(circuit.passes(0)).toBe("yes");
    expect(fail(0)).toBe(true);
    expect(circuit.passes(0)).toBe("no");
  });

  test("opens by failures in a row, however much went well before them", () => {
    succeed(0, 1000);
    expect(fail(10, 7)).toBe(false);
    expect(fail(10)).toBe(true);
    expect(circuit.openSince(10)).toEqual({ cause: "failures", since: 10, nextProbeInMs: 1000 });
  });

  test("forgets what is older than its window", () => {
    fail(0, 3);
    succeed(11_000);
    expect(fail(11_001)).toBe(false);
    expect(circuit.passes(11_001)).toBe("yes");
  });

  test("lets one probe through after each pause, and pauses double up to a bound", () => {
    fail(0, 4);
    const gaps: number[] = [];
    let last = 0;
    for (let now = 0; now < 60_000; now += 100) {
      if (circuit.passes(now) !== "probe") continue;
      circuit.takeProbe(now);
      expect(circuit.passes(now)).toBe("no");
      gaps.push(now - last);
      last = now;
    }
    expect(gaps.slice(0, 6)).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
  });

  test("closes by a probe that went well, and by no call from before it opened", () => {
    const before = circuit.begin(0);
    fail(10, 4);
    expect(circuit.succeed(before, 20)).toBe(false);
    expect(circuit.passes(20)).toBe("no");
    circuit.takeProbe(1010);
    expect(succeed(1010)).toBe(true);
    expect(circuit.passes(1010)).toBe("yes");
    // What failed before is forgotten.
    expect(fail(1020)).toBe(false);
  });

  test("goes on with longer pauses where it opens again soon, and begins anew where it went well for long", () => {
    fail(0, 4);
    circuit.takeProbe(1000);
    circuit.takeProbe(3000);
    succeed(3001);
    fail(3002, 4);
    expect(circuit.openSince(3002)?.nextProbeInMs).toBe(4000);
    succeed(7002);
    fail(60_000, 4);
    expect(circuit.openSince(60_000)?.nextProbeInMs).toBe(1000);
  });

  test("opens where calls wait and none is answered, and closes by any answer", () => {
    const calls = [circuit.begin(0), circuit.begin(0), circuit.begin(0)];
    expect(circuit.listen(2999)).toBe(false);
    expect(circuit.listen(3000)).toBe(true);
    expect(circuit.openSince(3000)?.cause).toBe("silence");
    expect(circuit.listen(3001)).toBe(false);
    expect(circuit.succeed(calls[0] ?? 0, 3500)).toBe(true);
    expect(circuit.passes(3500)).toBe("yes");
  });

  test("takes few calls, answers meanwhile and slow vendors for no silence", () => {
    circuit.begin(0);
    circuit.begin(0);
    expect(circuit.listen(60_000)).toBe(false);
    circuit.begin(0);
    succeed(59_000);
    expect(circuit.listen(60_000)).toBe(false);
    const slow = new Circuit(limits);
    for (let index = 0; index < 100; index += 1) slow.succeed(slow.begin(index * 1000), index * 1000 + 2000);
    for (let index = 0; index < 3; index += 1) slow.begin(200_000);
    expect(slow.listen(210_000)).toBe(false);
    expect(slow.listen(221_000)).toBe(true);
  });

  test("is held for the time that the vendor named, then closed without a probe", () => {
    expect(circuit.hold(0, 5000)).toBe(true);
    expect(circuit.hold(0, 3000)).toBe(false);
    expect(circuit.openSince(1)).toEqual({ cause: "held", since: 0, nextProbeInMs: 4999 });
    expect(circuit.passes(4999)).toBe("no");
    expect(circuit.passes(5000)).toBe("yes");
    expect(circuit.openSince(5000)).toBeUndefined();
  });

  test("a call that went well does not end the time that the vendor named", () => {
    circuit.hold(0, 5000);
    expect(succeed(100)).toBe(false);
    expect(circuit.passes(101)).toBe("no");
  });

  test("is tripped at once by an account that lets nothing out, also where it was only held", () => {
    circuit.hold(0, 50_000);
    circuit.trip(10);
    expect(circuit.openSince(10)?.cause).toBe("account");
    expect(circuit.passes(1010)).toBe("probe");
  });

  test("knows its calls by number, and forgets those that say nothing", () => {
    const call = circuit.begin(0);
    expect(circuit.waiting).toBe(1);
    circuit.forget(call);
    expect(circuit.waiting).toBe(0);
  });
});
