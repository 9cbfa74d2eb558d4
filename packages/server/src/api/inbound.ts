import { hash } from "node:crypto";
import { categoryBodySchema } from "@tidings/contract/categories";
import { limits } from "@tidings/contract/limits";
import { phoneSchema } from "@tidings/contract/recipients";
import { plainWords, type SmsKeyword, smsKeywordOf } from "../domain/sms-keyword.ts";
import type { SuppressionKey } from "../domain/suppression.ts";
import { TidingsError } from "../errors.ts";
import type { InboundMessage } from "../ports/provider.ts";
import type { ApiDependencies } from "./dependencies.ts";
import { type LinkWord, sayByLink } from "./opt-out/said-by-link.ts";
import { iso } from "./views.ts";

type InboundDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "ids" | "configuration" | "ingest">;

/** Whom a number belongs to: a family may share it. */
const recipientsMax = 20;
const channel = "sms";
/** Name of the event that tells of a reply. */
const replied = "message.replied";

/** Where a message came in. */
interface Place {
  environmentId: number;
  integration: string;
}

/**
 * What people send back. STOP and START are in force with the commit that is answered for, for the integration that they were
 * sent to or the category that they name; of everything somebody known says there is an event. A provider may tell all of
 * it again, late and in any order. Gives how many were heard: what comes from no number is passed over.
 */
export async function takeInbound(
  dependencies: InboundDependencies,
  place: Place,
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
  place: Place,
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
    if (recipients.length > 0) await tell(dependencies, place, message, recipients, keyword);
  };
}

interface Meaning {
  word: SmsKeyword["word"];
  category: string | undefined;
}

/** A word alone, or with the key or name of a category; undefined for all else. */
async function meaningOf(
  { configuration }: InboundDependencies,
  environmentId: number,
  text: string,
): Promise<Meaning | undefined> {
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

/** Told again it is the same event, for as long as idempotency keys are kept, also where the number is another's by now. */
async function tell(
  { ingest }: InboundDependencies,
  { environmentId, integration }: Place,
  { id, text, at }: InboundMessage,
  recipients: readonly string[],
  keyword: Meaning | undefined,
): Promise<void> {
  const said = keyword === undefined ? {} : { keyword: keyword.word };
  const category = keyword?.category === undefined ? {} : { category: keyword.category };
  const data = { id, integration, channel, text, at: iso(Math.trunc(at)), ...said, ...category };
  const key = hash("sha256", JSON.stringify([replied, integration, id]), "hex");
  try {
    await ingest.accept(environmentId, { name: replied, recipients: [...recipients], data }, key);
  } catch (error) {
    if (!(error instanceof TidingsError && error.code === "idempotency_mismatch")) throw error;
  }
}
