import type { Lane } from "@tidings/contract/words";
import type { MemberMessage } from "../../domain/segment.ts";
import type { Subscriber } from "./topics.ts";

/** What segments ask of the store. */
export interface SegmentStore {
  /** The next recipients of the environment behind `after` by id, with their rows. `isRepeated` where one of the topics in `before` has them. */
  readRecipients(input: {
    environmentId: number;
    after: string;
    limit: number;
    before: readonly string[];
    lane: Lane;
  }): Promise<Subscriber[]>;
  /** Along the recipients: the newest messages of each that were made since then, at most `limit` of each. */
  memberMessages(input: {
    environmentId: number;
    recipients: readonly string[];
    since: number;
    limit: number;
    lane: Lane;
  }): Promise<MemberMessage[][]>;
}
