import { categoryBodySchema } from "@tidings/contract/categories";
import { limits } from "@tidings/contract/limits";
import { phoneSchema } from "@tidings/contract/recipients";
import { plainWords, smsKeywordOf } from "../domain/sms-keyword.ts";
import type { SuppressionKey } from "../domain/suppression.ts";
import type { InboundMessage } from "../ports/provider.ts";
import type { ApiDependencies } from "./dependencies.ts";
import { replyChannel as channel, type ReplyMeaning, type ReplyPlace, tellReply } from "./inbound-reply.ts";
import { type LinkWord, sayByLink } from "./opt-out/said-by-link.ts";

type InboundDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "ids" | "configuration" | "ingest">;

/** Whom a number belongs to: a family may share it. */
const recipientsMax = 20;

/**
 * What people send back. STOP and START are in force with the commit that is answered for, for the integration that they were
 * sent to or the category that they name; of everything somebody known says there is an event. A provider may tell all of
 * it again, late and in any order. Gives how many were heard: what comes from no number is passed over.
 */
export async function takeInbound(
  dependencies: InboundDependencies,
  place: ReplyPlace,
  messages: readonly InboundMessage[],
): Promise<number> {
  const heard = messages.filter(({ from }) => phoneSchema.safeParse(from).success);
  const told: (() => Promise<void>)[] = [];
  for (const message of heard) told.push(await hear(dependencies, place, message));
  // What was refused is in force before anything else can fail.
  for (const tell of told) await tell();
  return heard.length;
}

/** Does what the message asks for; gives what is left to do then. */
async function hear(
  dependencies: InboundDependencies,
  place: ReplyPlace,
  message: InboundMessage,
): Promise<() => Promise<void>> {
  const { store, keyring, clock } = dependencies;
  const { environmentId } = place;
  const addressHash = keyring.hash(environmentId, channel, message.from);
  const keyword = await meaningOf(dependencies, environmentId, message.text);
  const recipients = await store.recipientsAt({ environmentId, channel, addressHash, limit: recipientsMax });
  if (keyword !== undefined && keyword.word !== "help") {
    const { category } = keyword;
    const key: SuppressionKey =
      category === undefined
        ? { channel, addressHash, scope: "sender", value: place.integration }
        : { channel, addressHash, scope: "category", value: category };
    const stops = keyword.word === "stop";
    const now = clock.now();
    // A clock that is ahead must not make all that is said later too old.
    const at = Math.min(Math.trunc(message.at), now);
    const result = await store.recordKeyword({ environmentId, key, stops, at, reason: "sms_keyword", now });
    if (result !== "stale" && category !== undefined)
      for (const recipient of recipients) await record(dependencies, environmentId, recipient, category, stops);
  }
  return async () => {
    if (recipients.length > 0) await tellReply(dependencies, place, message, recipients, keyword);
  };
}

/** A word alone, or with the key or name of a category; undefined for all else. */
async function meaningOf(
  { configuration }: InboundDependencies,
  environmentId: number,
  text: string,
): Promise<ReplyMeaning | undefined> {
  const said = smsKeywordOf(text);
  if (said === undefined || said.rest === "") return said && { word: said.word, category: undefined };
  const of = { environmentId, kind: "category", after: "", limit: limits.choicesPerScope } as const;
  for (const { key, document } of await configuration.store.listConfiguration(of)) {
    const { name = key, class: lane } = categoryBodySchema.parse(JSON.parse(document));
    if (lane !== "critical" && [key, name].some((one) => plainWords(one) === said.rest))
      return { word: said.word, category: key };
  }
  return undefined;
}

/** Whoever writes from a number has shown that it is theirs. */
async function record(
  dependencies: InboundDependencies,
  environmentId: number,
  recipient: string,
  purpose: string,
  stops: boolean,
): Promise<void> {
  const word: LinkWord = stops
    ? { purpose, channel, action: "withdrawn", confirmed: false }
    : { purpose, channel, action: "granted", confirmed: true };
  const speaker = { environmentId, recipient, ip: undefined, userAgent: undefined, language: undefined };
  await sayByLink(dependencies, speaker, {
    source: "sms_keyword",
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
