import type { Cast } from "../cast.ts";
import type { LoggedMessage } from "../ledger.ts";
import type { SimulatedPerson } from "../people.ts";
import type { DecisionFact, EndFacts, EventFact } from "./facts.ts";

/** One event × one workflow × one recipient. */
export interface Run {
  event: EventFact;
  workflow: string;
  person: SimulatedPerson;
  messages: LoggedMessage[];
  decisions: DecisionFact[];
}

export function runOf(
  { ledger }: Cast,
  { decisions }: EndFacts,
  event: EventFact,
  workflow: string,
  person: SimulatedPerson,
): Run {
  const own = (one: { eventId: string; workflow: string; recipient: string }): boolean =>
    one.eventId === event.id && one.workflow === workflow && one.recipient === person.id;
  return {
    event,
    workflow,
    person,
    messages: [...ledger.messages.values()].filter(own),
    decisions: decisions.filter(own),
  };
}
