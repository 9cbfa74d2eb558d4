import { consentBodySchema } from "@tidings/contract/consents";
import type { EventBody } from "@tidings/contract/events";
import { preferencesBodySchema } from "@tidings/contract/preferences";
import { recipientBodySchema } from "@tidings/contract/recipients";
import { TidingsError } from "../errors.ts";
import type { ChangeWrite } from "../ports/store/choices.ts";
import type { AcceptResult, NewEvent } from "../ports/store/ingest.ts";
import { writeOf } from "./choices-writer.ts";
import { adding } from "./consents.ts";
import type { ApiDependencies } from "./dependencies.ts";
import { replacing } from "./preferences.ts";
import { toldWrite } from "./told-recipient.ts";
import { valid } from "./validation.ts";

type ChangeDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "ids" | "ingest">;

/** Two who change one recipient at once: the later one reads again. So often, and not without end. */
const triesMax = 10;

/** What is to be written with the event; undefined where the recipient is not known and has to be. */
type Writing = (environmentId: number, recipient: string) => Promise<ChangeWrite | undefined>;

/**
 * Takes in an event that is the change it tells of: both are written in one transaction, once per idempotency key. It starts
 * workflows as any event does, and tells of nothing further, so that nothing goes round in a circle.
 */
export function acceptChange(
  dependencies: ChangeDependencies,
  environmentId: number,
  event: EventBody,
  key: string | undefined,
  trace: string | undefined,
): Promise<{ id: string }> {
  return dependencies.ingest.acceptChange(
    environmentId,
    event,
    key,
    trace,
    changeWriter(dependencies, environmentId, event),
  );
}

/** What makes such an event durable with its change, one by itself or of a batch. Throws `validation_failed`. */
export function changeWriter(
  dependencies: ChangeDependencies,
  environmentId: number,
  event: EventBody,
): (accepted: NewEvent) => Promise<AcceptResult> {
  const writing = writingOf(dependencies, event);
  const [recipient] = event.recipients;
  if (typeof recipient !== "string" || event.recipients.length !== 1)
    throw faultAt("recipients", "must be the id of the one recipient whom it is about");
  if (event.scheduledAt !== undefined) throw faultAt("scheduledAt", "does not go with a change, which is made at once");
  return async (accepted) => {
    for (let tries = 0; tries < triesMax; tries += 1) {
      const change = await writing(environmentId, recipient);
      if (change === undefined) throw faultAt("recipients[0]", "there is no such recipient");
      const result = await dependencies.store.acceptChange({ event: accepted, ...change });
      if (result.status !== "changed") return result;
    }
    throw new TidingsError("version_conflict");
  };
}

function writingOf(dependencies: ChangeDependencies, { name, data = {} }: EventBody): Writing {
  if (name === "recipient.updated") return writingRecipient(dependencies, data);
  if (name === "preference.updated") {
    const preferences = valid(preferencesBodySchema, data, "data");
    return writingChoices(dependencies, (id) => replacing(id, preferences, "event"));
  }
  const { clock, ids, keyring } = dependencies;
  const given = valid(consentBodySchema, data, "data");
  const now = clock.now();
  const at = given.at === undefined ? now : Date.parse(given.at);
  if (at > now) throw faultAt("data.at", "lies in the future");
  const entry = { id: ids.next(), at, recordedAt: now };
  return writingChoices(dependencies, (id) => adding(id, given, entry, keyring, "data."));
}

function writingChoices(
  dependencies: ChangeDependencies,
  changeOf: (id: string) => ReturnType<typeof replacing>,
): Writing {
  return async (environmentId, id) => {
    const [record] = await dependencies.store.loadRecipients({ keys: [{ environmentId, id }], lane: "transactional" });
    return record === undefined ? undefined : { choices: writeOf(dependencies, changeOf(id), record).write };
  };
}

function writingRecipient(dependencies: ChangeDependencies, data: unknown): Writing {
  const body = valid(recipientBodySchema, data, "data");
  return async (environmentId, id) => {
    const stored = await dependencies.store.getRecipient({ environmentId, id });
    return { recipient: toldWrite(dependencies, { environmentId, id, body, source: "event" }, stored) };
  };
}

function faultAt(path: string, message: string): TidingsError {
  return new TidingsError("validation_failed", { faults: [{ path, message }] });
}
