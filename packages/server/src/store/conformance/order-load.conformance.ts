import { expect } from "vitest";
import type { AttentionClaim } from "../../domain/attention.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import type { Store } from "../../ports/store/store.ts";
import { loadEvents, loadRecipients } from "./attention-load.conformance.ts";
import { type Corner, openCorner, times } from "./corner.conformance.ts";
import { orderedEvent, orderedMessage } from "./order.conformance.ts";

const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
const eventsPerTurn = 20;
const startsPerRound = 100;
/** Without anything sent in so many looks, one after the other, something has got stuck. */
const quietMax = 2_000;
const dayMs = 86_400_000;

/** A day's cap, which a part of each recipient's events is over. */
const limit = Math.max(1, Math.floor((loadEvents / loadRecipients) * 0.8));
const claim: AttentionClaim = {
  caps: [{ limit, windowSeconds: dayMs / 1000, over: "drop", level: "environment" }],
  isHigh: false,
  horizonMs: dayMs,
  entriesMax: limit + 1,
  timing: null,
};

/** What all loops share: the events that are left, what is to be sent, and what a provider was given, in its order. */
interface Load {
  corner: Corner;
  random: SeededRandom;
  left: number;
  /** Events are taken in one call after the other: those that are at once would have one order or another. */
  taking: Promise<unknown>;
  writing: number;
  messages: Map<string, NewMessage>;
  sent: NewMessage[];
  now: number;
  quiet: number;
}

/**
 * Events, each for one of some recipients, whose ordering key is theirs: all stores take them in, work through them and send
 * at once, two loops of each kind in each, until nothing is left. As the provider sees it, each message went out once, those of
 * a recipient in order, and of each as many as the cap allows.
 */
export async function orderTogether(stores: readonly Store[]): Promise<void> {
  console.log(`order: ${loadEvents} events, ${loadRecipients} recipients, seed ${seed}`);
  const [first] = stores;
  if (first === undefined) throw new RangeError("there is no store");
  const corner = await openCorner(first);
  const random = new SeededRandom(seed);
  const load: Load = {
    corner,
    random,
    left: loadEvents,
    taking: Promise.resolve(),
    writing: 0,
    messages: new Map(),
    sent: [],
    now: corner.at,
    quiet: 0,
  };
  const loops = [...stores, ...stores];
  load.writing = loops.length;
  await Promise.all([...loops.map((store) => write(store, load)), ...loops.map((store) => send(store, load))]);
  expect(load.sent.length).toBe(load.messages.size);
  expect(new Set(load.sent.map(({ id }) => id)).size).toBe(load.sent.length);
  for (const recipient of times(loadRecipients, (index) => `u${index}`)) {
    const places = load.sent.flatMap((message) =>
      message.recipient === recipient ? (message.order?.place ?? "") : [],
    );
    expect(places).toEqual(places.toSorted());
    expect(places.length).toBeGreaterThan(0);
    expect(places.length).toBeLessThanOrEqual(limit);
  }
}

async function write(store: Store, load: Load): Promise<void> {
  const { corner, random } = load;
  while (load.left > 0) {
    const made = makeSome(load);
    load.taking = load.taking.then(() => store.acceptEvents({ events: made.map(({ event }) => event) }));
    await load.taking;
    // Somewhat out of order, as several processes work through them.
    const turns = made.map(({ event, message }) => corner.turn(event, { messages: [message] }));
    if (random.chance(0.5)) turns.reverse();
    const results = await store.commitEvents({ turns });
    const held = new Map<string, string>();
    for (const result of results)
      for (const { id, status } of result.status === "committed" ? result.held : []) held.set(id, status);
    const written = made.filter(({ message }) => held.get(message.id) !== "dropped");
    for (const { message } of written) load.messages.set(message.id, message);
    const started = written.filter(({ message: { id, start } }) => start !== null && !held.has(id));
    await called(
      store,
      load,
      started.map(({ message }) => message),
    );
  }
  load.writing -= 1;
}

function makeSome(load: Load) {
  const { corner, random } = load;
  const count = Math.min(eventsPerTurn, load.left);
  load.left -= count;
  return times(count, () => {
    const recipient = `u${random.int(loadRecipients)}`;
    const event = orderedEvent(corner, {}, recipient);
    const start = random.chance(0.3) ? corner.call() : null;
    return {
      event,
      message: { ...orderedMessage(corner, event, { recipient, claim, addressHash: recipient }), start },
    };
  });
}

async function send(store: Store, load: Load): Promise<void> {
  const { corner, messages } = load;
  while ((load.writing > 0 || load.sent.length < messages.size) && load.quiet < quietMax) {
    const due = await store.dueMessages({
      lane: "transactional",
      channel: "email",
      now: load.now,
      limit: startsPerRound,
      node: "here",
    });
    // What was written just now, and its writer has not heard of yet, comes again.
    const open = due.flatMap((id) => messages.get(id) ?? []);
    const attempts = open.map((message) => corner.attempt(message, { at: load.now }));
    const results = attempts.length === 0 ? [] : await store.startAttempts({ attempts, lane: "transactional" });
    const started = open.filter((_, index) => results[index]?.status === "started");
    await called(store, load, started);
    load.quiet = started.length > 0 || load.writing > 0 ? 0 : load.quiet + 1;
    load.now += started.length > 0 ? 1 : 1000;
  }
}

/** The provider has them, and says so. */
async function called(store: Store, load: Load, messages: readonly NewMessage[]): Promise<void> {
  if (messages.length === 0) return;
  load.sent.push(...messages);
  const outcomes = messages.map((message) => load.corner.outcome(message, { finishedAt: load.now }));
  await store.recordOutcomes({ outcomes, lane: "transactional" });
}
