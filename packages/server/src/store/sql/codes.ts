import { type MailboxProvider, mailboxProviders } from "@tidings/contract/mailbox-providers";
import {
  type WebhookDeliveryState,
  type WebhookType,
  webhookDeliveryStates,
  webhookTypes,
} from "@tidings/contract/webhooks";
import {
  channels,
  type EventState,
  eventStates,
  lanes,
  type MessageState,
  messageStates,
  type RunState,
  runStates,
} from "@tidings/contract/words";
import { type EventKind, eventKinds } from "../../domain/event-kind.ts";

/** Words that are stored as small numbers: their place in the contract's list, to which new words are only appended. */
export const laneCode = codesOf(lanes);
export const channelCode = codesOf(channels);
export const messageStateCode: Record<MessageState, number> = codesOf(messageStates);
export const eventStateCode: Record<EventState, number> = codesOf(eventStates);
export const runStateCode: Record<RunState, number> = codesOf(runStates);
export const eventKindCode: Record<EventKind, number> = codesOf(eventKinds);

export const mailboxProviderCode: Record<MailboxProvider, number> = codesOf(mailboxProviders);

export const webhookTypeCode: Record<WebhookType, number> = codesOf(webhookTypes);
export const webhookStateCode: Record<WebhookDeliveryState, number> = codesOf(webhookDeliveryStates);

/** The word of a stored number. */
export function wordAt<Word extends string>(words: readonly Word[], code: number): Word {
  const word = words[code];
  if (word === undefined) throw new RangeError(`stored code ${code} is not known`);
  return word;
}

function codesOf<Word extends string>(words: readonly Word[]): Record<Word, number> {
  const codes = Object.fromEntries(words.map((word, index) => [word, index]));
  return codes as Record<Word, number>;
}
