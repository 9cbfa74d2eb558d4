import type { CampaignBody } from "@tidings/contract/campaigns";
import type { EventBody } from "@tidings/contract/events";
import type { InlineRecipient } from "@tidings/contract/recipients";
import type { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { startMs } from "./base.ts";
import { paidName } from "./documents.ts";
import { bodyOf, type SimulatedPerson } from "./people.ts";

/** What goes wrong with an event by plan: in its template, when it is planned, when its draw is performed. */
export type Poison = "title" | "evaluate" | "perform";

/** An event that the client wants to report, and all that may follow from it. */
export interface Intent {
  ref: string;
  key: string;
  body: EventBody;
  /** What is reported in place of the event, which is the campaign's. */
  campaign?: CampaignBody;
  /** Ids, each once. */
  recipients: string[];
  /** Inline recipients: from when their data is, where the client says so. */
  inline: Map<string, number | undefined>;
  postAt: number;
  /** When the client takes it back. */
  cancelAt: number | undefined;
  /** Times of further POSTs with the same key. */
  doubledAt: number[];
  poison: Poison | undefined;
  scheduledAt: number | undefined;
  expiresAt: number | undefined;
}

/** Somebody turns a category off. */
export interface Refusal {
  at: number;
  recipient: string;
  category: string;
}

const names = [
  "password.reset",
  "order.shipped",
  "newsletter",
  "plan.notice",
  "follow.up",
  "lottery.drawn",
  "score.changed",
] as const;
const postsUntilMs = 25_000;
const talkMs = 10_000;

/** Some in a row that are about the same: what digests gather, and what carts wait for. */
interface Talk {
  people: readonly SimulatedPerson[];
  from: number;
  name: string;
}

/** `isShort` where something else fills the seed. */
export function makeScenario(random: SeededRandom, people: readonly SimulatedPerson[], isShort: boolean): Intent[] {
  const count = isShort ? 1 + random.int(4) : 5 + random.int(8);
  const intents = Array.from({ length: count }, (_, index) => makeIntent(random, people, index));
  if (isShort) return intents;
  const talkOf = (name: string): Talk => ({
    people: choose(random, people),
    from: random.int(postsUntilMs - talkMs),
    name,
  });
  if (random.chance(0.3)) {
    const talk = talkOf("comment.made");
    const length = 3 + random.int(6);
    for (let n = 0; n < length; n += 1) intents.push(makeIntent(random, people, intents.length, talk));
  }
  if (random.chance(0.3)) {
    const talk = talkOf(paidName);
    const length = 3 + random.int(6);
    for (let n = 0; n < length; n += 1)
      intents.push(
        makeIntent(random, people, intents.length, { ...talk, name: random.chance(0.6) ? "cart.left" : paidName }),
      );
  }
  return intents;
}

function makeIntent(random: SeededRandom, people: readonly SimulatedPerson[], index: number, talk?: Talk): Intent {
  const ref = `event-${index}`;
  const name = talk !== undefined ? talk.name : random.chance(0.03) ? "nobody.cares" : random.pick(names);
  // Some at one moment, as a burst is what fills buffers.
  const burst = random.chance(0.3);
  const at =
    talk === undefined ? (burst ? 5000 : random.int(postsUntilMs)) : talk.from + (burst ? 0 : random.int(talkMs));
  const postAt = startMs + 10 + at;
  const chosen = talk === undefined ? choose(random, people) : [...talk.people];
  const inline = new Map<string, number | undefined>();
  const recipients = chosen.map((person) => recipientOf(random, person, ref, postAt, inline));
  const scheduledAt = random.chance(0.2) ? postAt + random.int(20_000) : undefined;
  const expiresAt = random.chance(0.2) ? (scheduledAt ?? postAt) + 1000 + random.int(25_000) : undefined;
  const cancelAt = random.chance(0.2) ? postAt + random.int(20_000) : undefined;
  const orderingKey = random.chance(0.4) ? random.pick(["one", "other"]) : undefined;
  const poison = poisonOf(random, name);
  const data = {
    ref,
    amount: talk === undefined ? random.pick([10, 100, 500]) : random.pick([10, 100]),
    title: poison === "title" ? "two\nlines" : "hello",
    ...(random.chance(0.7) ? { issue: random.int(3) } : {}),
    ...(poison === undefined ? {} : { poison }),
  };
  const body: EventBody = {
    name,
    recipients,
    data,
    ...(talk === undefined && random.chance(0.3) ? { tenant: random.pick(["acme", "globex"]) } : {}),
    ...(orderingKey === undefined ? {} : { orderingKey }),
    ...(scheduledAt === undefined ? {} : { scheduledAt: new Date(scheduledAt).toISOString() }),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    ...(cancelAt === undefined ? {} : { cancellationKey: `cancel-${ref}` }),
  };
  const doubledAt = random.chance(0.4) ? [postAt + random.pick([0, 1, 5, 100, 10_000])] : [];
  const ids = [...new Set(chosen.map(({ id }) => id))];
  return {
    ref,
    key: `key-${ref}`,
    body,
    recipients: ids,
    inline,
    postAt,
    cancelAt,
    doubledAt,
    poison,
    scheduledAt,
    expiresAt,
  };
}

function choose(random: SeededRandom, people: readonly SimulatedPerson[]): SimulatedPerson[] {
  const count = random.chance(0.8) ? 1 : 2 + random.int(3);
  return Array.from({ length: count }, () => random.pick(people));
}

/** A stored recipient by id or with news; an inline one always whole, as nobody else tells of them. */
function recipientOf(
  random: SeededRandom,
  person: SimulatedPerson,
  ref: string,
  postAt: number,
  inline: Intent["inline"],
): string | InlineRecipient {
  const byId = person.kind === "unknown" || (person.kind === "stored" && random.chance(0.6));
  // Named twice, the object counts: it is the last of those given.
  if (byId) return person.id;
  const statedAt = random.chance(0.5) ? postAt - random.int(90_000) : undefined;
  inline.set(person.id, statedAt);
  const whole = bodyOf(person, ref);
  const told = person.kind === "stored" ? { attributes: { version: ref } } : whole;
  return { id: person.id, ...told, ...(statedAt === undefined ? {} : { updatedAt: new Date(statedAt).toISOString() }) };
}

function poisonOf(random: SeededRandom, name: string): Poison | undefined {
  if (!random.chance(0.06)) return undefined;
  return name === "lottery.drawn" ? random.pick(["title", "evaluate", "perform"]) : "title";
}
