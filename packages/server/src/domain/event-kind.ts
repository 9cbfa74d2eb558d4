/** `message` is a direct message, which has no workflow. `replay` goes on over past events, and makes others of them. */
export const eventKinds = ["event", "message", "replay"] as const;
export type EventKind = (typeof eventKinds)[number];
