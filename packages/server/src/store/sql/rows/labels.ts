import { channels, lanes } from "@tidings/contract/words";
import type { MessageLabels } from "../../../domain/message.ts";
import { campaignOf } from "../campaign-sums.ts";
import { wordAt } from "../codes.ts";
import { integer, type SqlRow, text } from "../columns.ts";

/** What a message is counted under, of a row with the columns that tell it. */
export function labelsOf(environmentId: number, row: SqlRow): MessageLabels {
  return {
    environmentId,
    channel: wordAt(channels, integer(row, "channel")),
    lane: wordAt(lanes, integer(row, "lane")),
    category: text(row, "category"),
    tenant: text(row, "tenant"),
    campaign: campaignOf(row),
  };
}
