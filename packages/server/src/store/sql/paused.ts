/**
 * When an event is due whose campaign is paused: the end of the year 9999. It is a timer that never comes, as none at all would mean that the
 * event, or its part, is over. Nobody looks for it, loads it or commits a turn of it: what was planned before is lost.
 */
export const pausedUntil = 253_402_300_799_000;
