import type { Channel } from "@tidings/contract/words";

/** What could not be done, as its row is written. */
export interface DeadLetter {
  environmentId: number;
  id: string;
  kind: "message" | "event" | "run";
  channel: Channel | null;
  reason: string;
  detail: string;
  at: number;
}
