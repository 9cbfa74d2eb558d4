import { phoneSchema } from "@tidings/contract/recipients";
import { type AnswerGiven, keywordReason } from "../domain/keyword-answer.ts";
import type { SuppressionKey } from "../domain/suppression.ts";
import type { InboundMessage } from "../ports/provider.ts";
import type { ApiDependencies } from "./dependencies.ts";
import { type ReplyPlace, replyChannelOf, tellReply } from "./inbound-reply.ts";
import { answer, answerClaim } from "./keyword-answers.ts";
import { type Meaning, meaningOf } from "./keyword-meaning.ts";
import { type LinkWord, sayByLink } from "./opt-out/said-by-link.ts";

type InboundDependencies = Pick<
  ApiDependencies,
  "store" | "keyring" | "clock" | "ids" | "configuration" | "ingest" | "limits" | "answersKeywords"
>;

/** Whom a number belongs to: a family may share it. */
const recipientsMax = 20;
/** What a word is called, as the reason of a suppression and as the source of a choice. */
const reasons = { sms: keywordReason, chat: "chat_keyword" } as const;

/**
 * What people send back. STOP and START are in force with the commit that is answered for, for the integration that they were
 * sent to or the category that they name; a word that changed something, and HELP, are answered; of everything somebody known says there is an event. A provider may tell all of
 * it again, late and in any order. Words in a chat do the same for its address, and none is answered there. Gives how many were heard: what comes from no number is passed over.
 */
export async function takeInbound(
  dependencies: InboundDependencies,
  place: ReplyPlace,
  messages: readonly InboundMessage[],
): Promise<number> {
  const heard = messages.filter(isHeard);
  const told: (() => Promise<void>)[] = [];
  for (const message of heard) told.push(await hear(dependencies, place, message));
  // What was refused is in force before anything else can fail.
  for (const tell of told) await tell();
  return heard.length;
}

/** An SMS of a company's name, or of a short code, comes from nobody who could be written to. */
const isHeard = (message: InboundMessage): boolean =>
  replyChannelOf(message) === "sms" ? phoneSchema.safeParse(message.from).success : message.from !== "";

/** Does what the message asks for; gives what is left to do then. */
async function hear(
  dependencies: InboundDependencies,
  place: ReplyPlace,
  message: InboundMessage,
): Promise<() => Promise<void>> {
  const { store, keyring } = dependencies;
  const { environmentId } = place;
  const channel = replyChannelOf(message);
  const addressHash = keyring.hash(environmentId, channel, message.from);
  const keyword = message.isTalk ? undefined : await meaningOf(dependencies, environmentId, message.text);
  const recipients = await store.recipientsAt({ environmentId, channel, addressHash, limit: recipientsMax });
  const given = keyword && (await obey(dependencies, { ...place, addressHash, recipients, message }, keyword));
  return async () => {
    if (recipients.length > 0) await tellReply(dependencies, place, message, recipients, keyword);
    if (keyword === undefined || given === undefined) return;
    const { word, category } = keyword;
    await answer(dependencies, { ...place, addressHash, recipients, word, category, at: message.at }, given);
  };
}

interface Said extends ReplyPlace {
  addressHash: string;
  recipients: readonly string[];
  message: InboundMessage;
}

/** Does what the word asks for; gives the answer that there is to be. */
async function obey(
  dependencies: InboundDependencies,
  { addressHash, recipients, message, ...place }: Said,
  { word, category }: Meaning,
): Promise<AnswerGiven | undefined> {
  const { store, clock } = dependencies;
  const { environmentId, integration } = place;
  const channel = replyChannelOf(message);
  const claim = await answerClaim(dependencies, place, message, recipients);
  const now = clock.now();
  if (word === "help")
    return claim && store.claimAnswer({ environmentId, sender: integration, channel, addressHash, claim, now });
  const key: SuppressionKey =
    category === undefined
      ? { channel, addressHash, scope: "sender", value: integration }
      : { channel, addressHash, scope: "category", value: category.key };
  const stops = word === "stop";
  // A clock that is ahead must not make all that is said later too old.
  const at = Math.min(Math.trunc(message.at), now);
  const heard = await store.recordKeyword({
    environmentId,
    key,
    stops,
    at,
    reason: reasons[channel],
    now,
    answer: claim,
  });
  if (heard.result !== "stale" && category !== undefined)
    for (const recipient of recipients)
      await record(dependencies, { environmentId, channel }, recipient, category.key, stops);
  return heard.answer;
}

/** Whoever writes from a number has shown that it is theirs. */
async function record(
  dependencies: InboundDependencies,
  { environmentId, channel }: { environmentId: number; channel: keyof typeof reasons },
  recipient: string,
  purpose: string,
  stops: boolean,
): Promise<void> {
  const word: LinkWord = stops
    ? { purpose, channel, action: "withdrawn", confirmed: false }
    : { purpose, channel, action: "granted", confirmed: true };
  const speaker = { environmentId, recipient, ip: undefined, userAgent: undefined, language: undefined };
  await sayByLink(dependencies, speaker, {
    source: reasons[channel],
    suppress: [],
    release: [],
    words: ({ consents }) => {
      const known = consents.find((one) => one.purpose === purpose && one.channel === channel);
      const isSaid =
        known?.action === word.action && (stops ? known.requestedAt === undefined : known.confirmed === true);
      return isSaid ? [] : [word];
    },
  });
}
