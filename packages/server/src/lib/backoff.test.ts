import { describe, expect, test } from "vitest";
import { Backoff } from "./backoff.ts";
import { SimulatedClock } from "./simulated-clock.ts";

function bench() {
  const clock = new SimulatedClock(0);
  const backoff = new Backoff(clock);
  const wait = () => {
    const from = clock.now();
    const state: { tookMs: number | undefined } = { tookMs: undefined };
    void backoff.wait().then(() => {
      state.tookMs = clock.now() - from;
    });
    return state;
  };
  const tookMs = async (): Promise<number | undefined> => {
    const waited = wait();
    await clock.settleTo(clock.now() + 60_000);
    return waited.tookMs;
  };
  return { clock, backoff, wait, tookMs };
}

describe("waiting between tries", () => {
  test("takes twice as long each time, up to ten seconds", async () => {
    const { tookMs } = bench();
    const took: (number | undefined)[] = [];
    for (let tries = 0; tries < 8; tries += 1) took.push(await tookMs());
    expect(took).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
  });

  test("begins anew after a success", async () => {
    const { backoff, tookMs } = bench();
    for (let tries = 0; tries < 4; tries += 1) await tookMs();
    backoff.reset();
    expect([await tookMs(), await tookMs()]).toEqual([500, 1000]);
  });

  test("ends at once for whoever waits, and nobody waits after that", async () => {
    const { clock, backoff, wait } = bench();
    const first = wait();
    await clock.settleTo(100);
    expect(first.tookMs).toBeUndefined();
    backoff.end();
    await clock.settleTo(100);
    expect([first.tookMs, clock.pending]).toEqual([100, 0]);
    const second = wait();
    await clock.settleTo(100);
    expect([second.tookMs, clock.pending]).toEqual([0, 0]);
    backoff.end();
  });

  test("can be ended where nobody waits", async () => {
    const { clock, backoff, wait } = bench();
    backoff.end();
    const waited = wait();
    await clock.settleTo(0);
    expect(waited.tookMs).toBe(0);
  });
});
