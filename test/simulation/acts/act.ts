import type { EventBody } from "@tidings/contract/events";
import type { SeededRandom } from "../../../packages/server/src/lib/seeded-random.ts";
import type { SimulatedPerson } from "../people.ts";
import type { Intent, Refusal } from "../scenario.ts";

/** A story of its own in a seed, with people whom nothing else is about: some of them last for days. */
export interface Act {
  name: "gathering" | "campaign" | "sunset" | "nudging" | "alarm";
  people: SimulatedPerson[];
  intents: Intent[];
  refusals: Refusal[];
}

export const secondMs = 1000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Somebody of an act. */
export function member(
  random: SeededRandom,
  index: number,
  counts: { email: number[]; sms: number[] },
): SimulatedPerson {
  const id = `member-${index}`;
  const addresses = (from: readonly number[], name: (at: number) => string): string[] =>
    Array.from({ length: random.pick(from) }, (_, at) => name(at));
  return {
    id,
    kind: "stored",
    email: addresses(counts.email, (at) => `${id}.${at}@example.com`),
    sms: addresses(counts.sms, (at) => `+4367000${index}${at}`),
    plan: "free",
  };
}

interface Plan {
  ref: string;
  name: string;
  people: readonly SimulatedPerson[];
  postAt: number;
  doubledAt?: number[];
  cancelAt?: number | undefined;
  expiresAt?: number | undefined;
  tenant?: string | undefined;
}

/** An event to people who are known. */
export function intentOf({ ref, name, people, postAt, doubledAt = [], cancelAt, expiresAt, tenant }: Plan): Intent {
  const recipients = [...new Set(people.map(({ id }) => id))];
  const body: EventBody = {
    name,
    recipients,
    data: { ref, title: "hello" },
    ...(tenant === undefined ? {} : { tenant }),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    ...(cancelAt === undefined ? {} : { cancellationKey: `cancel-${ref}` }),
  };
  return {
    ref,
    key: `key-${ref}`,
    body,
    recipients,
    inline: new Map(),
    postAt,
    cancelAt,
    doubledAt,
    poison: undefined,
    scheduledAt: undefined,
    expiresAt,
  };
}
