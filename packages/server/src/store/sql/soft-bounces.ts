import { channels } from "@tidings/contract/words";
import { canSoftBounce, nothingTold, readBounces, type SoftBounces } from "../../domain/soft-bounces.ts";
import type { AddressPlace, FeedbackReport } from "../../ports/store/feedback.ts";
import { channelCode, wordAt } from "./codes.ts";
import { integer, integerOrNull, type SqlRow, text } from "./columns.ts";
import type { ReportedMessage } from "./reported-message.ts";

/** What a report says about the message's address; undefined where it says nothing. */
export function toldOf(message: ReportedMessage, { kind, at, messageId }: FeedbackReport): SoftBounces | undefined {
  if (!canSoftBounce(message.labels.channel)) return undefined;
  if (kind === "delivered") return { ...nothingTold, deliveredAt: at };
  return kind === "soft_bounced" ? { ...nothingTold, bounces: [{ messageId, at }] } : undefined;
}

export function softBouncesOf(row: SqlRow): SoftBounces {
  return { deliveredAt: integerOrNull(row, "delivered_at"), bounces: readBounces(text(row, "bounces")) };
}

/** Values of the key's columns. */
export const placeValues = (place: AddressPlace | undefined): [environmentId: number, channel: number, hash: string] =>
  place === undefined ? [-1, -1, ""] : [place.environmentId, channelCode[place.channel], place.addressHash];

export const addressPlace = (row: SqlRow): AddressPlace => ({
  environmentId: integer(row, "environment_id"),
  channel: wordAt(channels, integer(row, "channel")),
  addressHash: text(row, "address_hash"),
});
