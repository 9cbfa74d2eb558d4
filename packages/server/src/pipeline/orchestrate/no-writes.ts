import type { EventTurn } from "../../ports/store/orchestrate.ts";

/** Of a turn that only moves its event. */
export const noWrites = {
  otherLanes: [],
  clearInline: false,
  recipients: [],
  dedupe: [],
  throttles: [],
  joins: [],
  runs: [],
  messages: [],
  decisions: [],
} as const satisfies Partial<EventTurn>;
