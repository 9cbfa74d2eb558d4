import { endOfTime } from "../../domain/pause.ts";

/**
 * When an event is due whose campaign is paused, and a message that a pause keeps and that does not expire. It is a timer that never comes,
 * as none at all would mean that it is over. Nobody looks for it, loads it or commits a turn of it: what was planned before is lost.
 */
export const pausedUntil = endOfTime;
