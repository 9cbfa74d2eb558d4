import { hash } from "node:crypto";
import { integrationBodySchema } from "@tidings/contract/integrations";
import type { KeywordAnswers, KeywordTexts } from "@tidings/contract/keyword-answers";
import { tenantBodySchema } from "@tidings/contract/tenants";
import type { AnswerGiven } from "../domain/keyword-answer.ts";
import { parseProfile } from "../domain/recipient-view.ts";
import type { SmsKeyword } from "../domain/sms-keyword.ts";
import type { InboundMessage } from "../ports/provider.ts";
import type { AnswerClaim } from "../ports/store/keywords.ts";
import type { ApiDependencies } from "./dependencies.ts";
import { answerText } from "./keyword-answer-texts.ts";
import { policyOf } from "./opt-out/policy-in-force.ts";

type AnswerDependencies = Pick<
  ApiDependencies,
  "store" | "configuration" | "ingest" | "clock" | "limits" | "answersKeywords"
>;

/** Where a word came in, and whom its number belongs to. */
interface Heard {
  environmentId: number;
  integration: string;
  addressHash: string;
  /** At least one. */
  recipients: readonly string[];
  word: SmsKeyword["word"];
  /** Undefined where all is meant. */
  category: { name: string } | undefined;
  at: number;
}

/** Undefined where nobody is to be answered: the vendor does so itself, it is too late, or nobody is known by the number. */
export async function answerClaim(
  { configuration, clock, limits, answersKeywords }: AnswerDependencies,
  { environmentId, integration }: Pick<Heard, "environmentId" | "integration">,
  { id, at, channel = "sms" }: InboundMessage,
  recipients: readonly string[],
): Promise<AnswerClaim | undefined> {
  const { answersPerHourMax: perHourMax, answerLifeMs } = limits;
  if (recipients.length === 0 || perHourMax === 0 || clock.now() - at >= answerLifeMs) return undefined;
  const document = await integrationOf(configuration, environmentId, integration);
  if (channel !== "sms" || document?.channel !== "sms" || document.enabled === false) return undefined;
  if (!(document.answersKeywords ?? !answersKeywords(document.provider))) return undefined;
  return { id: hash("sha256", JSON.stringify(["keyword answer", integration, id]), "hex"), perHourMax };
}

/** A message to the number, by the integration that the word came in by. */
export async function answer(dependencies: AnswerDependencies, heard: Heard, given: AnswerGiven): Promise<void> {
  const { environmentId, integration, addressHash, recipients, word } = heard;
  const { store, ingest, clock, limits } = dependencies;
  const keys = recipients.map((id) => ({ environmentId, id }));
  const people = await store.loadRecipients({ keys, lane: "transactional" });
  const profiles = people.map(({ profile }) => parseProfile(profile));
  const tenants = new Set(profiles.map(({ tenant = "" }) => tenant));
  // A number that is known to several tenants is answered for none of them.
  const tenant = (tenants.size === 1 ? [...tenants][0] : undefined) ?? "";
  const [recipient] = people;
  if (recipient === undefined) return;
  const text = await textOf(dependencies, heard, { tenant, locale: profiles[0]?.locale ?? "" });
  const { stoppedAt } = given;
  const confirmed = stoppedAt === null ? {} : { stoppedAt };
  const expiresAt = Math.min(heard.at, clock.now()) + limits.answerLifeMs;
  const whole = { recipient: recipient.id, addressHash, tenant, word, integration, text, expiresAt, ...confirmed };
  await ingest.acceptAnswer(environmentId, whole, given.id);
}

async function textOf(
  dependencies: AnswerDependencies,
  { environmentId, integration, word, category }: Heard,
  { tenant, locale }: { tenant: string; locale: string },
): Promise<string> {
  const { store, configuration } = dependencies;
  const row = tenant === "" ? undefined : await store.getTenant({ environmentId, key: tenant });
  const own = row === undefined ? undefined : tenantBodySchema.parse(JSON.parse(row.document));
  const policy = await policyOf(dependencies, environmentId);
  const sender = await integrationOf(configuration, environmentId, integration);
  const levels: KeywordAnswers[] = [own?.keywordAnswers ?? {}, policy.keywordAnswers ?? {}];
  return answerText({
    text: textName(word, category !== undefined),
    locale,
    category: category?.name ?? "",
    tenantName: row === undefined ? undefined : (own?.name ?? tenant),
    integrationName: sender?.name ?? integration,
    levels,
  });
}

function textName(word: SmsKeyword["word"], ofCategory: boolean): keyof KeywordTexts {
  if (word === "help" || !ofCategory) return word;
  return word === "stop" ? "stopCategory" : "startCategory";
}

async function integrationOf({ store }: AnswerDependencies["configuration"], environmentId: number, key: string) {
  const row = await store.getConfiguration({ environmentId, kind: "integration", key });
  return row === undefined ? undefined : integrationBodySchema.parse(JSON.parse(row.document));
}
