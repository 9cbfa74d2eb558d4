import type { ConsentAction } from "@tidings/contract/consents";
import type { Channel } from "@tidings/contract/words";
import type { FastifyRequest } from "fastify";
import { sealContext } from "../../domain/event-payload.ts";
import { type Choices, type ConsentStand, withConsent } from "../../domain/policy/choices.ts";
import type { ConsentEvidence } from "../../domain/policy/consent-evidence.ts";
import { parseProfile } from "../../domain/recipient-view.ts";
import type { SuppressionKey, SuppressionRow } from "../../domain/suppression.ts";
import type { ConsentRow } from "../../ports/store/choices.ts";
import type { RecipientRecord } from "../../ports/store/orchestrate.ts";
import type { ToldChange, ToldConsent } from "../change-events.ts";
import { changeChoices } from "../choices-writer.ts";
import type { ApiDependencies } from "../dependencies.ts";
import { iso } from "../views.ts";
import { defaultCountryOf } from "./policy-in-force.ts";
import { textVersionOf } from "./texts.ts";

/** Who says something by a link, and how: what the ledger keeps of it. */
export interface Speaker {
  environmentId: number;
  /** Empty where the link does not say whose it is. */
  recipient: string;
  /** Undefined where it was not said over the network. */
  ip: string | undefined;
  userAgent: string | undefined;
  /** Of the page's text; undefined where there was none. */
  language: string | undefined;
}

/** What is said about a purpose on a channel. */
export interface LinkWord {
  purpose: string;
  channel: Channel | null;
  action: Exclude<ConsentAction, "requested">;
  confirmed: boolean;
}

/** What one POST comes to. It is made anew where the recipient was changed meanwhile. */
export interface LinkChange {
  source: "one_click" | "preference_centre" | "double_opt_in" | "sms_keyword" | "chat_keyword" | "provider";
  /** When it was said, ms; now where left out. */
  at?: number;
  suppress: readonly SuppressionRow[];
  release: readonly SuppressionKey[];
  /** `stale` where something else was said later: then nothing is suppressed either. */
  words: (before: Choices, recipient: RecipientRecord) => readonly LinkWord[] | "stale";
  preferences?: (before: Choices["preferences"]) => Choices["preferences"];
}

type SayDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "ids" | "configuration" | "ingest">;

const userAgentMax = 1000;

export function speakerOf(
  request: FastifyRequest,
  of: Pick<Speaker, "environmentId" | "recipient" | "language">,
): Speaker {
  const userAgent = request.headers["user-agent"]?.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, userAgentMax);
  return { ...of, ip: request.ip, userAgent: userAgent === "" ? undefined : userAgent };
}

/**
 * Writes all that a link's POST says in one transaction: suppressions of the address, choices, and the ledger. Of somebody
 * who is not known, or is known no more, the address alone is left to be heard. False where there was nobody.
 */
export async function sayByLink(dependencies: SayDependencies, speaker: Speaker, change: LinkChange): Promise<boolean> {
  const { store, clock } = dependencies;
  const { environmentId, recipient: id } = speaker;
  const { suppress, release } = change;
  if (id !== "") {
    const country = await defaultCountryOf(dependencies, environmentId);
    const apply = (before: Choices, record: RecipientRecord) => {
      const said = change.words(before, record);
      const words = said === "stale" ? [] : said;
      const now = clock.now();
      const at = change.at ?? now;
      const evidence = evidenceOf(speaker, change.source, parseProfile(record.profile).country ?? country);
      const rows = words.map((word) => rowOf(dependencies, record, word, evidence, { at, now }));
      const preferences = change.preferences?.(before.preferences);
      const consents = words.reduce(
        (stands, word) => withConsent(stands, standOf(word, stands, change.at, now)),
        before.consents,
      );
      const told: ToldChange[] = words.map((word) => ({ name: "consent.updated", data: toldOf(word, evidence, at) }));
      if (preferences !== undefined) told.unshift({ name: "preference.updated", data: preferences });
      const after = { preferences: preferences ?? before.preferences, consents };
      return { after, consents: rows, suppress: said === "stale" ? [] : suppress, release, told };
    };
    const [after] = await changeChoices(dependencies, environmentId, [{ id, source: change.source, apply }]);
    if (after !== undefined) return true;
  }
  if (suppress.length + release.length > 0)
    await store.addSuppressions({ environmentId, suppressions: suppress, release });
  return false;
}

/** A word that is said now holds over one that bears a later time, as of a clock that is ahead. */
function standOf(
  { purpose, channel, action, confirmed }: LinkWord,
  stands: readonly ConsentStand[],
  saidAt: number | undefined,
  now: number,
): ConsentStand {
  const known = stands.find((one) => one.purpose === purpose && one.channel === channel);
  const at = saidAt ?? Math.max(now, (known?.at ?? 0) + 1);
  return { purpose, channel, action, at, ...(confirmed ? { confirmed } : {}) };
}

function evidenceOf(
  { ip, userAgent, language }: Speaker,
  source: LinkChange["source"],
  jurisdiction: string | undefined,
): ConsentEvidence {
  const textVersion = language === undefined ? undefined : textVersionOf(language);
  return { source, ip, userAgent, textVersion, jurisdiction };
}

/** As the body of a call that adds it to the ledger; where somebody was when they said it is evidence alone. */
function toldOf({ purpose, channel, action, confirmed }: LinkWord, evidence: ConsentEvidence, at: number): ToldConsent {
  const where = channel === null ? {} : { channel };
  const { ip: _ip, userAgent: _userAgent, ...told } = evidence;
  return { purpose, ...where, action, ...told, ...(confirmed ? { confirmed } : {}), at: iso(at) };
}

function rowOf(
  { ids, keyring }: SayDependencies,
  { wrappedKey }: RecipientRecord,
  { purpose, channel, action, confirmed }: LinkWord,
  evidence: ConsentEvidence,
  { at, now }: { at: number; now: number },
): ConsentRow {
  const said = confirmed ? { ...evidence, confirmed } : evidence;
  const sealed = keyring.sealForRecipient(wrappedKey, sealContext.consent, JSON.stringify(said));
  return { id: ids.next(), purpose, channel, action, at, recordedAt: now, sealed };
}
