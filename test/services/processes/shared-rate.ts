import { expect, test } from "vitest";
import { readJournal } from "../../harness/journal.ts";
import { messagesOf } from "../../harness/messages-of.ts";
import { untilAtRest } from "../../harness/rest.ts";
import type { Engine } from "./engines.ts";
import { postEvents } from "./post-events.ts";
import { untilWorker, waitingOf } from "./workers-view.ts";
import { inWorld } from "./world.ts";

const seconds = Number(process.env["TIDINGS_TEST_PROCESSES_RATE_SECONDS"] ?? 10);
const ratePerSecond = 100;
/** By the provider's clock, and in any second: calls of one moment may take a little longer than those of another. */
const perSecondMax = 105;
const perSecondMin = 90;
const startingCalls = 2 * ratePerSecond;

export function sharedRateSuite(engine: () => Engine): void {
  test(
    `two processes keep one integration's rate of ${ratePerSecond}/s for ${seconds} s`,
    async () => {
      const options = { roles: [["api", "orchestrate"], ["deliver"], ["deliver"]], limits: { ratePerSecond } } as const;
      await inWorld(engine(), options, async ({ api, cluster, journal }) => {
        const events = await postEvents(api, "transactional", ratePerSecond * seconds);
        for (const member of cluster.with("deliver")) await untilWorker(api, member, (worker) => waitingOf(worker) > 0);
        await untilAtRest(api, seconds * 1000 + 60_000);
        const times: number[] = [];
        await readJournal(journal, ({ at }) => void times.push(at));
        const most = mostInSecond(times);
        const attempts = (await messagesOf(api, events)).flatMap((message) => message.attempts);
        const mostStarted = mostInSecond(attempts.map(({ startedAt }) => Date.parse(startedAt)));
        // While they begin, the other process makes messages of the events.
        const [first = 0, last = 0] = [times[startingCalls], times.at(-1)];
        const perSecond = ((times.length - 1 - startingCalls) * 1000) / (last - first);
        process.stdout.write(
          `rate: at most ${most} calls in a second (${mostStarted} by their start), ${perSecond.toFixed(1)}/s\n`,
        );
        expect(times).toHaveLength(ratePerSecond * seconds);
        expect(most).toBeLessThanOrEqual(perSecondMax);
        expect(perSecond).toBeGreaterThanOrEqual(perSecondMin);
      });
    },
    seconds * 1000 + 120_000,
  );
}

/** Sorts the times, and gives how many lie in the fullest second. */
function mostInSecond(times: number[]): number {
  times.sort((a, b) => a - b);
  return Math.max(...times.map((from, index) => countUntil(times, index, from + 1000)));
}

/** How many of the sorted times from `first` on lie before `end`. */
function countUntil(times: readonly number[], first: number, end: number): number {
  let index = first;
  while (index < times.length && (times[index] ?? end) < end) index += 1;
  return index - first;
}
