import { z } from "zod";
import { sealContext } from "../../../packages/server/src/domain/event-payload.ts";
import { text } from "../../../packages/server/src/store/sql/columns.ts";
import { dayMs, hourMs } from "../acts/act.ts";
import { gatheredWorkflow, oddZone } from "../acts/gathering.ts";
import type { Cast } from "../cast.ts";
import type { LoggedMessage } from "../ledger.ts";
import type { SimulatedPerson } from "../people.ts";
import type { DecisionFact, EndFacts } from "./facts.ts";

/** A window of a category's digest, by what is recorded of those that joined it. */
export interface Window {
  id: string;
  person: SimulatedPerson;
  frequency: string;
  joins: DecisionFact[];
  messages: LoggedMessage[];
}

const windowId = /[0-9a-f-]{36}$/;
const contentSchema = z.object({
  steps: z.object({
    digest: z.object({ count: z.number(), events: z.array(z.object({ id: z.string(), at: z.string() })) }),
  }),
});

/** What caps demote is told once an hour. */
export const frequencyOf = ({ reason }: DecisionFact): string => (reason === "cap_reached" ? "hourly" : reason);

export const isJoin = ({ outcome, workflow }: DecisionFact): boolean =>
  outcome === "digest" && workflow === gatheredWorkflow;

/** Undefined where another address of the same recipient has joined for it already. */
export const windowOf = ({ detail }: DecisionFact): string | undefined => windowId.exec(detail)?.[0];

export function windowsOf({ ledger, act }: Cast, { decisions }: EndFacts): Window[] {
  const windows = new Map<string, Window>();
  for (const join of decisions) {
    const id = isJoin(join) ? windowOf(join) : undefined;
    const person = act?.people.find((one) => one.id === join.recipient);
    if (id === undefined || person === undefined) continue;
    const known = windows.get(id);
    if (known !== undefined) known.joins.push(join);
    else windows.set(id, { id, person, frequency: frequencyOf(join), joins: [join], messages: [] });
  }
  for (const message of ledger.messages.values()) windows.get(message.runId)?.messages.push(message);
  return [...windows.values()];
}

/** Ids and times of the events that a digest tells of, as it carries them. */
export function toldBy({ world }: Cast, { content, recipient }: LoggedMessage): { id: string; at: string }[] {
  const { database, newKeyring } = world.base;
  const row = database.get("select wrapped_key from recipient where id = ?", recipient) ?? {};
  const keyring = newKeyring(() => Buffer.alloc(0));
  const opened = keyring.unsealForRecipient(text(row, "wrapped_key"), sealContext.content, content ?? "");
  const { count, events } = contentSchema.parse(JSON.parse(opened)).steps.digest;
  return count === events.length ? events : [];
}

/** The hour of somebody's clock that a moment is in, or the day that ends at nine, as its end. */
export function periodEnd({ timeZone }: SimulatedPerson, frequency: string, at: number): number {
  const offsetMs = timeZone === oddZone.name ? oddZone.offsetMs : 0;
  const [lengthMs, endsMs] = frequency === "daily" ? [dayMs, 9 * hourMs] : [hourMs, 0];
  const local = at + offsetMs - endsMs;
  return (Math.floor(local / lengthMs) + 1) * lengthMs + endsMs - offsetMs;
}
