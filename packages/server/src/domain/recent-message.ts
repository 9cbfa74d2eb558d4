import type { Channel, MessageState } from "@tidings/contract/words";

/** What became of one message, as far as a step that looks back asks. Times in ms. */
export interface RecentMessage {
  /** When it was made. */
  at: number;
  workflow: string;
  category: string;
  channel: Channel;
  state: MessageState;
  sentAt: number | null;
  deliveredAt: number | null;
  openedAt: number | null;
  clickedAt: number | null;
  readAt: number | null;
}

/** Messages of one recipient, newest first. `isWhole`: there were no more of that time. */
export interface Recent {
  messages: readonly RecentMessage[];
  isWhole: boolean;
}
