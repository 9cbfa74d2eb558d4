import type { Descent } from "../../domain/descent.ts";

/**
 * What messages and runs need of their event. One object for all of one event in an answer: a payload may name 1,000
 * recipients, and crosses threads once.
 */
export interface EventPart {
  id: string;
  tenant: string;
  /** Sealed JSON of an EventPayload (domain/event-payload). */
  payload: string;
  /** Text of the trace that the event belongs to (domain/trace-context); null for none. */
  trace: string | null;
  /** Left out for one that came in, and 0 then. */
  generation?: number;
  /** Of one that a step has sent; left out for its own root. */
  descent?: Descent | undefined;
}
