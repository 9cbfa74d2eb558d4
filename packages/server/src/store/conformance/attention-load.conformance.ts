import { expect } from "vitest";
import type { AttentionClaim, Cap } from "../../domain/attention.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import type { Store } from "../../ports/store/store.ts";
import { type Corner, openCorner, times } from "./corner.conformance.ts";
import { messagesTo } from "./messages-to.conformance.ts";

export const loadEvents = Number(process.env["TIDINGS_TEST_ATTENTION_EVENTS"] ?? 2000);
export const loadRecipients = Number(process.env["TIDINGS_TEST_ATTENTION_RECIPIENTS"] ?? 20);
const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);

const batchEvents = 20;
const caps: readonly Cap[] = [
  { limit: 40, windowSeconds: 600, over: "drop", level: "category" },
  { limit: 5, windowSeconds: 60, over: "defer", level: "environment", channels: ["email"] },
];
const claim: AttentionClaim = { caps, isHigh: false, horizonMs: 3_600_000, entriesMax: 500, timing: null };

/**
 * Events, each for one of some recipients, taken in through all stores at once, each of which has several turns under way: no
 * recipient gets more than the caps allow, in any stretch of time.
 */
export async function claimTogether(stores: readonly Store[]): Promise<void> {
  console.log(`attention: ${loadEvents} events, ${loadRecipients} recipients, seed ${seed}`);
  const [first] = stores;
  if (first === undefined) throw new RangeError("there is no store");
  const corner = await openCorner(first);
  const random = new SeededRandom(seed);
  let made = 0;
  const loop = async (store: Store) => {
    while (made < loadEvents) {
      const events = times(Math.min(batchEvents, loadEvents - made), (index) => ({
        ...corner.event(),
        recipient: `u${random.int(loadRecipients)}`,
        // Fifty a second, as several processes see it: somewhat out of order.
        at: corner.at + (made + index) * 20 + random.int(2000),
      }));
      made += events.length;
      await store.acceptEvents({ events: events.map(({ recipient: _, at: __, ...event }) => event) });
      const turns = events.map(({ recipient, at, ...event }) => {
        const fields = { eventId: event.id, recipient, createdAt: at, dueAt: at, claim };
        return corner.turn(event, { messages: [corner.message(fields)] });
      });
      const results = await store.commitEvents({ turns });
      expect(results.every(({ status }) => status === "committed")).toBe(true);
    }
  };
  await Promise.all([...stores, ...stores].map(loop));
  for (const recipient of times(loadRecipients, (index) => `u${index}`)) {
    const sent = await sentTo(corner, recipient);
    expect(sent.length).toBeGreaterThan(0);
    for (const cap of caps) expect(mostIn(sent, cap.windowSeconds * 1000)).toBeLessThanOrEqual(cap.limit);
  }
}

/** When each message goes out, in order. */
async function sentTo(corner: Corner, recipient: string): Promise<number[]> {
  const messages = await messagesTo(corner, recipient);
  return messages.map(({ dueAt }) => dueAt ?? Number.NaN).sort((a, b) => a - b);
}

function mostIn(sorted: readonly number[], windowMs: number): number {
  let most = 0;
  let from = 0;
  for (const [index, at] of sorted.entries()) {
    while ((sorted[from] ?? at) <= at - windowMs) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
}
