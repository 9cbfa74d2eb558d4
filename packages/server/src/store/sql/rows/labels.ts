import { type MailboxProvider, mailboxProviders } from "@tidings/contract/mailbox-providers";
import { channels, lanes } from "@tidings/contract/words";
import type { MessageLabels } from "../../../domain/message.ts";
import { campaignOf } from "../campaign-sums.ts";
import { wordAt } from "../codes.ts";
import { integer, integerOrNull, type SqlRow, text } from "../columns.ts";

/** SQL: columns of `message` that `labelsOf` and `mailboxOf` read. */
export const labelColumns =
  "message.channel, message.lane, message.category, message.tenant, message.workflow, message.event_id, message.expanded, message.mailbox";

/** Who runs the mailbox that a message goes to; undefined where it goes to none. */
export function mailboxOf(row: SqlRow): MailboxProvider | undefined {
  const code = integerOrNull(row, "mailbox");
  return code === null ? undefined : wordAt(mailboxProviders, code);
}

/** What a message is counted under, of a row with the columns that tell it. */
export function labelsOf(environmentId: number, row: SqlRow): MessageLabels {
  return {
    environmentId,
    channel: wordAt(channels, integer(row, "channel")),
    lane: wordAt(lanes, integer(row, "lane")),
    category: text(row, "category"),
    tenant: text(row, "tenant"),
    workflow: text(row, "workflow"),
    campaign: campaignOf(row),
  };
}
