import type { EventRecord } from "../../../ports/store/orchestrate.ts";

/** Where an event stands among its recipients. */
export type EventPlace = Pick<EventRecord, "cursor" | "position">;

export const eventStart: EventPlace = { cursor: 0, position: null };
