import { type Lane, lanes } from "@tidings/contract/words";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { someDelivery, someOrigin } from "../../domain/delivery.conformance.ts";
import { Buffer, type BufferLimits } from "./buffer.ts";
import type { Pending } from "./place.ts";

let made = 0;
function pending(destination: string, lane: Lane = "transactional"): Pending {
  made += 1;
  const delivery = someDelivery(`m${made}`, someOrigin({ channel: "webhook", lane }));
  return { delivery, destination, state: "waiting", settled: () => {} };
}
const buffer = (over: Partial<BufferLimits> = {}) =>
  new Buffer({ size: 100, sizePerDestination: 100, inFlightPerDestination: 100, ...over });
const fill = (into: Buffer, destination: string, count: number, lane: Lane = "transactional") =>
  Array.from({ length: count }, () => pending(destination, lane)).filter((each) => into.offer(each));
const destinations = (taken: readonly Pending[]) => taken.map(({ destination }) => destination);

describe("the buffer of an integration", () => {
  test("gives one destination's messages in the order in which they came, lane by lane", () => {
    const own = buffer();
    const marketing = fill(own, "a", 2, "marketing");
    const critical = fill(own, "a", 2, "critical");
    expect(own.take("critical", 10)).toEqual(critical);
    expect(own.take("critical", 10)).toEqual([]);
    expect(own.take("marketing", 10)).toEqual(marketing);
    expect(own.size).toBe(0);
  });

  test("is bounded as a whole and per destination: one that fills its own places leaves those of others", () => {
    const own = buffer({ size: 10, sizePerDestination: 4 });
    expect(fill(own, "stuck", 50)).toHaveLength(4);
    expect(fill(own, "a", 50)).toHaveLength(4);
    expect(fill(own, "b", 50)).toHaveLength(2);
    expect(own.size).toBe(10);
    own.take("transactional", 1);
    expect(fill(own, "c", 5)).toHaveLength(1);
  });

  test("goes round a destination whose places are all under way", () => {
    const own = buffer({ inFlightPerDestination: 2 });
    fill(own, "stuck", 20);
    fill(own, "a", 3);
    const first = own.take("transactional", 100);
    expect(destinations(first).toSorted()).toEqual(["a", "a", "stuck", "stuck"]);
    expect(own.take("transactional", 100)).toEqual([]);
    for (const each of first) if (each.destination === "a") own.release(each);
    expect(destinations(own.take("transactional", 100))).toEqual(["a"]);
  });

  test("lets in past it what finds a place at its destination and nobody waiting there", () => {
    const own = buffer({ inFlightPerDestination: 2 });
    fill(own, "stuck", 3);
    own.take("transactional", 2);
    expect(own.enter(pending("stuck"))).toBe(false);
    const entered = [pending("a"), pending("a")];
    expect(entered.map((each) => own.enter(each))).toEqual([true, true]);
    expect(own.enter(pending("a"))).toBe(false);
    fill(own, "a", 1);
    for (const each of entered) own.release(each);
    expect(own.enter(pending("a"))).toBe(false);
    expect(destinations(own.take("transactional", 1))).toEqual(["a"]);
    expect(own.enter(pending("a"))).toBe(true);
  });

  test("lets destinations take turns", () => {
    const own = buffer({ inFlightPerDestination: 1 });
    for (const name of ["a", "b", "c"]) fill(own, name, 4);
    const order: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      const [taken] = own.take("transactional", 1);
      if (taken === undefined) throw new RangeError("something waits");
      order.push(taken.destination);
      own.release(taken);
    }
    for (const start of [0, 3, 6, 9]) expect(order.slice(start, start + 3).toSorted()).toEqual(["a", "b", "c"]);
  });

  test("gives up all that waits, but not what is under way", () => {
    const own = buffer();
    const all = [...fill(own, "a", 3), ...fill(own, "b", 2, "critical")];
    const [taken] = own.take("critical", 1);
    expect(new Set(own.clear())).toEqual(new Set(all.filter((each) => each !== taken)));
    expect(own.size).toBe(0);
    expect(own.clear()).toEqual([]);
  });

  test("under any sequence of offers, takes and releases keeps its bounds and gives each message once, in order", () => {
    const limits = { size: 8, sizePerDestination: 4, inFlightPerDestination: 2 };
    const step = fc.oneof(
      fc.record({
        op: fc.constant("offer" as const),
        destination: fc.constantFrom("a", "b", "c"),
        lane: fc.constantFrom(...lanes),
      }),
      fc.record({ op: fc.constant("take" as const), lane: fc.constantFrom(...lanes), max: fc.nat(5) }),
      fc.record({ op: fc.constant("release" as const), index: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const own = new Buffer(limits);
        const waiting: Pending[] = [];
        const underWay: Pending[] = [];
        const of = (list: readonly Pending[], name: string) => list.filter(({ destination }) => destination === name);
        for (const each of steps) {
          if (each.op === "offer") {
            const one = pending(each.destination, each.lane);
            const room =
              waiting.length < limits.size && of(waiting, each.destination).length < limits.sizePerDestination;
            expect(own.offer(one)).toBe(room);
            if (room) waiting.push(one);
          } else if (each.op === "take") {
            const taken = own.take(each.lane, each.max);
            expect(taken.length).toBeLessThanOrEqual(each.max);
            for (const one of taken) {
              const first = waiting.findIndex(
                ({ destination, delivery }) => destination === one.destination && delivery.origin.lane === each.lane,
              );
              expect(waiting[first]).toBe(one);
              waiting.splice(first, 1);
            }
            underWay.push(...taken);
            const left = waiting.filter(
              ({ destination, delivery }) =>
                delivery.origin.lane === each.lane && of(underWay, destination).length < limits.inFlightPerDestination,
            );
            if (taken.length < each.max) expect(left).toEqual([]);
          } else {
            for (const one of underWay.splice(each.index, 1)) own.release(one);
          }
          expect(own.size).toBe(waiting.length);
          for (const name of ["a", "b", "c"])
            expect(of(underWay, name).length).toBeLessThanOrEqual(limits.inFlightPerDestination);
        }
      }),
      { numRuns: 200 },
    );
  });
});
