/** Where an event comes from that a step of a workflow has sent. */
export interface Descent {
  /** Id of the first event of all that led to it, which no step has sent. */
  root: string;
  /** Steps that send events between the two; 1 for what the root's own workflows send. */
  depth: number;
}

/** Of an event that a run of this one sends. `descent` is undefined for one that is its own root. */
export function descentBelow(eventId: string, descent: Descent | undefined): Descent {
  return descent === undefined ? { root: eventId, depth: 1 } : { root: descent.root, depth: descent.depth + 1 };
}

/** Why what runs would have sent was not sent, to keep workflows from starting each other without end. */
export const depthReason = "event_depth";
export const limitReason = "derived_limit";
export type RunawayReason = typeof depthReason | typeof limitReason;
