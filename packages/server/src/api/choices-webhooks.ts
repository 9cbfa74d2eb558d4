import type { ChangeSource } from "@tidings/contract/recipient-webhooks";
import { canonicalJson } from "../domain/canonical-json.ts";
import { areOthers, changedChoices } from "../domain/policy/changed-choices.ts";
import type { Choices } from "../domain/policy/choices.ts";
import { parseProfile } from "../domain/recipient-view.ts";
import { recipientWebhook } from "../domain/recipient-webhook.ts";
import type { ConsentRow } from "../ports/store/choices.ts";
import type { RecipientRecord } from "../ports/store/orchestrate.ts";
import type { RecipientWebhook } from "../ports/store/recipient-webhooks.ts";
import type { ToldChange, ToldConsent } from "./change-events.ts";
import type { ApiDependencies } from "./dependencies.ts";

interface ChoicesStep {
  before: Choices;
  after: Choices;
  consents: readonly ConsentRow[];
  /** Has what is told of each of `consents`, in their order. */
  told: readonly ToldChange[];
  source: ChangeSource;
}

/** What endpoints are to be told of a change of choices: nothing where it leaves all as it was. */
export function webhooksOf(
  { ids, clock, keyring }: Pick<ApiDependencies, "ids" | "clock" | "keyring">,
  record: RecipientRecord,
  { before, after, consents, told, source }: ChoicesStep,
): RecipientWebhook[] {
  const { environmentId, id: recipient, wrappedKey } = record;
  const { tenant } = parseProfile(record.profile);
  const subject = () => ({ id: ids.next(), environmentId, recipient, tenant, at: clock.now(), wrappedKey });
  const webhooks: RecipientWebhook[] = [];
  if (areOthers(before.preferences, after.preferences)) {
    const changed = changedChoices(before.preferences, after.preferences);
    const data = { source, changed, preferences: after.preferences };
    webhooks.push(recipientWebhook({ ...subject(), type: "preference.updated", data }, keyring));
  }
  const words = told.flatMap((one) => (one.name === "consent.updated" ? [one.data] : []));
  for (const [index, row] of consents.entries()) {
    const word = words[index];
    if (word === undefined || standOf(before, row) === standOf(after, row)) continue;
    const data = { ...saidIn(word), id: row.id };
    webhooks.push(recipientWebhook({ ...subject(), happenedAt: row.at, type: "consent.updated", data }, keyring));
  }
  return webhooks;
}

function standOf({ consents }: Choices, { purpose, channel }: ConsentRow): string {
  return canonicalJson(consents.find((one) => one.purpose === purpose && one.channel === channel) ?? null);
}

function saidIn({ at: _, ...said }: ToldConsent): Omit<ToldConsent, "at"> {
  return said;
}
