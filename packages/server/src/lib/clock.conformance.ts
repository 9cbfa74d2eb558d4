import { describe, expect, test } from "vitest";
import type { Clock } from "../ports/clock.ts";

/** `drive` makes the time of a clock pass that does not move by itself. */
export function clockConformance(name: string, make: () => { clock: Clock; drive: () => void }): void {
  describe(`clock: ${name}`, () => {
    test("now is milliseconds since 1970", () => {
      const { clock } = make();
      expect(clock.now()).toBeGreaterThan(Date.UTC(2000, 0, 1));
      expect(clock.now()).toBeLessThan(Date.UTC(2200, 0, 1));
    });

    test("a timer runs once, and not before its delay has passed", async () => {
      const { clock, drive } = make();
      const delays = Array.from({ length: 200 }, (_, index) => index % 20);
      let runs = 0;
      const waited = delays.map((delayMs) => {
        const started = clock.monotonic();
        return new Promise<number>((resolve) => {
          clock.after(delayMs, () => {
            runs += 1;
            resolve(clock.monotonic() - started - delayMs);
          });
        });
      });
      drive();
      expect(Math.min(...(await Promise.all(waited)))).toBeGreaterThanOrEqual(0);
      await timersUntil(clock, 5, drive);
      expect(runs).toBe(delays.length);
    });

    test("timers run in the order of their delays", async () => {
      const { clock, drive } = make();
      const order: number[] = [];
      for (const delayMs of [30, 0, 15]) clock.after(delayMs, () => order.push(delayMs));
      await timersUntil(clock, 45, drive);
      expect(order).toEqual([0, 15, 30]);
    });

    test("a canceled timer does not run, and cancelling twice is safe", async () => {
      const { clock, drive } = make();
      let runs = 0;
      const timer = clock.after(1, () => {
        runs += 1;
      });
      timer.cancel();
      timer.cancel();
      await timersUntil(clock, 10, drive);
      expect(runs).toBe(0);
    });

    test("cancelling a timer that ran does nothing", async () => {
      const { clock, drive } = make();
      let other = 0;
      const timer = clock.after(0, () => undefined);
      await timersUntil(clock, 2, drive);
      clock.after(0, () => {
        other += 1;
      });
      timer.cancel();
      await timersUntil(clock, 2, drive);
      expect(other).toBe(1);
    });

    test("monotonic time does not go back, and passes while timers run", async () => {
      const { clock, drive } = make();
      const seen = [clock.monotonic()];
      for (let round = 0; round < 5; round += 1) {
        await timersUntil(clock, 2, drive);
        seen.push(clock.monotonic());
      }
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect((seen.at(-1) ?? 0) - (seen[0] ?? 0)).toBeGreaterThanOrEqual(10);
    });

    test("a delay longer than 2^31 ms does not run at once", async () => {
      const { clock, drive } = make();
      let runs = 0;
      const timer = clock.after(2 ** 31 + 1000, () => {
        runs += 1;
      });
      await timersUntil(clock, 5, drive);
      timer.cancel();
      expect(runs).toBe(0);
    });
  });
}

function timersUntil(clock: Clock, delayMs: number, drive: () => void): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
    drive();
  });
}
