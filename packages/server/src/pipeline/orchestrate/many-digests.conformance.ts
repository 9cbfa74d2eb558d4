import type { CategoryBody } from "@tidings/contract/categories";
import { expect } from "vitest";
import { z } from "zod";
import type { Delivery } from "../../domain/delivery.ts";
import { sealContext } from "../../domain/event-payload.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { times } from "../../store/conformance/corner.conformance.ts";
import { type DigestEngine, digestBenchOn, digestOf } from "./digest-bench.conformance.ts";
import type { DigestDocuments } from "./digest-documents.conformance.ts";

/*
 * Very many digests, on any engine: TIDINGS_TEST_DIGEST_KEYS of them, with TIDINGS_TEST_DIGEST_EVENTS events each, all of one
 * time. Events are made as they are taken in, and digests read page by page, so that memory is bounded.
 */
export const keysMany = Number(process.env["TIDINGS_TEST_DIGEST_KEYS"] ?? 40);
export const eventsMany = Number(process.env["TIDINGS_TEST_DIGEST_EVENTS"] ?? 12);
export const manyTimeoutMs = 60_000 + keysMany * eventsMany * 15;

const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
const acceptedAtOnce = 500;
const readAtOnce = 100;
const contentSchema = z.object({ steps: z.record(z.string(), z.json()) });
const digest = { eventsMax: 1000, bytesMax: 1_000_000 };
const mail = { id: "mail", type: "channel", channel: "email", template: "t" };

interface ManyDigests {
  documents: DigestDocuments;
  workflow: string;
  /** Under which what was gathered goes out. */
  step: string;
  /** Whom an event of a key is for. */
  personOf: (key: number) => string;
}

/** Of a digest step, whose key is in the events. */
export function manyOfAStep(engine: DigestEngine): Promise<void> {
  const gather = { id: "sum", type: "digest", key: "data.key", window: { kind: "fixed", seconds: 60 } };
  const documents = { categories: {}, workflows: { digest: { category: "c", steps: [gather, mail] } } };
  return gatherMany(engine, { documents, workflow: "digest", step: "sum", personOf: () => "u1" });
}

/** Of a category, each for somebody else who has asked for it. */
export function manyOfPreferences(engine: DigestEngine): Promise<void> {
  const social: CategoryBody = { class: "transactional", preferences: { all: "hourly" }, digest: { template: "sum" } };
  const documents = { categories: { social }, workflows: { liked: { category: "social", steps: [mail] } } };
  return gatherMany(engine, { documents, workflow: "liked", step: "digest", personOf: (key) => `u${key}` });
}

/** Processes die while they take in what is gathered, and others go on: one digest of each key, with its events and no others. */
async function gatherMany(engine: DigestEngine, { documents, workflow, step, personOf }: ManyDigests): Promise<void> {
  console.log(`digests: ${keysMany} keys, ${eventsMany} events of each, seed ${seed}`);
  const random = new SeededRandom(seed);
  const seen = new OneOfEach(step);
  const b = await digestBenchOn(engine, { documents, digest, onDelivery: () => {} });
  const people = [...new Set(times(keysMany, personOf))];
  for (let from = 0; from < people.length; from += acceptedAtOnce)
    await b.accept("nothing", { from }, {}, people.slice(from, from + acceptedAtOnce));
  const first = b.start();
  await b.rest(100);
  await first.stop();
  const order = shuffled(keysMany * eventsMany, random);
  for (let from = 0; from < order.length; from += acceptedAtOnce) {
    const events = [...order.subarray(from, from + acceptedAtOnce)].map((place) => {
      const key = place % keysMany;
      return b.event(workflow, { key, n: Math.floor(place / keysMany) }, { inline: null }, [personOf(key)]);
    });
    await b.corner.store.acceptEvents({ events });
  }
  for (const steps of times(6, () => 1 + random.int(order.length / 50))) {
    b.start(steps);
    b.start(steps + 3);
    await b.rest(1000);
  }
  const queue = b.start();
  await b.rest(30_000);
  b.start(40);
  await b.rest(120_000);
  for await (const made of madeBy(b)) seen.take(made);
  expect(b.faults).toEqual([]);
  expect(seen.faults).toEqual([]);
  expect(seen.keys.size).toBe(keysMany);
  await queue.stop();
}

type Made = Required<Pick<Delivery, "id" | "steps">>;

/** All messages, as the store has them: a process that has died may have handed on none of what it made. */
async function* madeBy({ corner, keyring }: Awaited<ReturnType<typeof digestBenchOn>>): AsyncGenerator<Made> {
  const { store, environmentId } = corner;
  for (let before: string | undefined = ""; before !== undefined; ) {
    const page = await store.listMessages({ environmentId, before, limit: readAtOnce });
    const ids = page.items.map(({ id }) => id);
    for (const { id, content, recipientRecord } of await store.loadDeliveries({ ids, lane: "transactional" })) {
      const opened = keyring.unsealForRecipient(recipientRecord?.wrappedKey ?? "", sealContext.content, content ?? "");
      yield { id, ...contentSchema.parse(JSON.parse(opened)) };
    }
    before = page.next;
  }
}

/** All places below a number, in any order. */
function shuffled(count: number, random: SeededRandom): Uint32Array {
  const places = Uint32Array.from({ length: count }, (_, place) => place);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = random.int(at + 1);
    [places[at], places[other]] = [places[other] ?? 0, places[at] ?? 0];
  }
  return places;
}

/** Looks at one digest after the other: the first of its key, with each of its events once, in their order. */
class OneOfEach {
  readonly keys = new Set<unknown>();
  readonly faults: string[] = [];
  readonly #step: string;

  constructor(step: string) {
    this.#step = step;
  }

  take(delivery: Made): void {
    const { events } = digestOf(delivery, this.#step);
    const key = events[0]?.data["key"];
    const wrong = (what: string): unknown => this.faults.push(`${delivery.id} of ${String(key)}: ${what}`);
    if (this.keys.has(key)) wrong("it is not the first");
    this.keys.add(key);
    if (events.some(({ data }) => data["key"] !== key)) wrong("it has events of other keys");
    const numbers = new Set(events.map(({ data }) => data["n"]));
    if (events.length !== eventsMany || numbers.size !== eventsMany) wrong(`it has ${events.length} events`);
    if (events.some(({ id }, at) => at > 0 && id <= (events[at - 1]?.id ?? ""))) wrong("it is in another order");
  }
}
