import type { Lane } from "@tidings/contract/words";
import type { Recent } from "../../domain/recent-message.ts";

export interface RecentQuery {
  recipients: readonly { environmentId: number; id: string }[];
  /** Messages made since, ms. */
  since: number;
  /** Of each recipient, the latest. */
  perRecipientMax: number;
  lane: Lane;
}

/** What recipients were sent of late. */
export interface RecentStore {
  /** Along the recipients. */
  recentMessages(input: RecentQuery): Promise<Recent[]>;
}
