import type { PreferencesBody } from "@tidings/contract/preferences";
import type { RecipientBody } from "@tidings/contract/recipients";
import { writtenChoices } from "../../packages/server/src/domain/policy/choices.ts";
import { recipientWrite } from "../../packages/server/src/domain/recipient-write.ts";
import type { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { writeRecipient } from "../../packages/server/src/store/sqlite/calls/write-recipient.ts";
import { startMs } from "./base.ts";
import type { World } from "./world.ts";

/** Somebody whose addresses stay the same for a whole seed; what is told of them changes with each event. */
export interface SimulatedPerson {
  id: string;
  kind: "stored" | "inline" | "unknown";
  email: string[];
  sms: string[];
  plan: "pro" | "free" | "fan";
  timeZone?: string | undefined;
  preferences?: PreferencesBody | undefined;
}

/** From when the data of stored recipients is. */
export const storedAtMs = startMs - 60_000;

export function makePeople(random: SeededRandom): SimulatedPerson[] {
  const person = (kind: SimulatedPerson["kind"], index: number): SimulatedPerson => {
    const id = `${kind}-${index}`;
    const email = Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, (_, at) => `${id}.${at}@example.com`);
    const sms = Array.from({ length: random.pick([0, 1, 2]) }, (_, at) => `+4366000${index}${at}${kind.length}`);
    return { id, kind, email, sms, plan: random.pick(["pro", "free"]) };
  };
  return [
    ...[0, 1, 2, 3].map((index) => person("stored", index)),
    ...[0, 1, 2, 3].map((index) => person("inline", index)),
    person("unknown", 0),
  ];
}

/** All of somebody's data, as `version` of it. */
export function bodyOf(person: SimulatedPerson, version: string): RecipientBody {
  return {
    ...(person.email.length === 0 ? {} : { email: person.email }),
    ...(person.sms.length === 0 ? {} : { phone: person.sms }),
    ...(person.timeZone === undefined ? {} : { timeZone: person.timeZone }),
    attributes: { plan: person.plan, version },
  };
}

/** Writes those who are known before the first event. */
export function storePeople(world: World, people: readonly SimulatedPerson[]): void {
  const random = world.fork();
  const { database, environment, newKeyring } = world.base;
  const sealer = newKeyring((length) => random.bytes(length));
  for (const person of people) {
    if (person.kind !== "stored") continue;
    const write = recipientWrite({
      environmentId: environment.id,
      id: person.id,
      body: bodyOf(person, "stored"),
      updatedAt: storedAtMs,
      createdAt: storedAtMs,
      existingWrappedKey: undefined,
      sealer,
    });
    writeRecipient(database, write);
    if (person.preferences === undefined) continue;
    const choices = writtenChoices({ preferences: person.preferences, consents: [] });
    database.run("update recipient set choices = ? where id = ?", choices, person.id);
  }
}
