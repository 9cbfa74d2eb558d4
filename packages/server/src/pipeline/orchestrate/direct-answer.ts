import type { Channel } from "@tidings/contract/words";
import { mailboxProviderOf } from "../../domain/mailbox-provider.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import type { Person } from "./person.ts";
import type { EventWork } from "./ports.ts";

/** A direct message, which may be the answer to a word. */
type Direct = NonNullable<EventWork["payload"]["message"]>;

/** The first on the channel; an answer's is the one that the word came from. */
export function addressOf({ channel, answers }: Direct, { secrets }: Person) {
  return secrets.addresses.find(
    (candidate) => candidate.channel === channel && (answers === undefined || candidate.hash === answers.addressHash),
  );
}

export const reasonOf = ({ answers }: Direct): string =>
  answers === undefined ? "direct_message" : `answers_${answers.word}`;

/** What a message keeps of its address; of none, nothing. */
export function addressed(
  channel: Channel,
  address: { hash: string; value: string } | undefined,
): Pick<NewMessage, "addressHash" | "mailbox"> {
  if (address === undefined) return { addressHash: "" };
  return { addressHash: address.hash, mailbox: mailboxProviderOf(channel, address.value) };
}
