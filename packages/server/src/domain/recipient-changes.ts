import { type ChangeSource, type RecipientField, recipientFields } from "@tidings/contract/recipient-webhooks";
import type { RecipientBody } from "@tidings/contract/recipients";
import { canonicalJson } from "./canonical-json.ts";
import { addressesOf, normaliseAddress } from "./recipient.ts";
import { recipientWebhook } from "./recipient-webhook.ts";
import type { RecipientSealer } from "./recipient-write.ts";

/** Names of the fields that differ; all that are given where there was nobody before. */
export function changedFields(before: RecipientBody | undefined, after: RecipientBody): RecipientField[] {
  const [was, is] = [comparable(before ?? {}), comparable(after)];
  return recipientFields.options.filter((field) => canonicalJson(was[field]) !== canonicalJson(is[field]));
}

const empty = {};

/** As they are compared: addresses as they are hashed, each once, whether one was given or a list of it. */
function comparable(body: RecipientBody): Record<RecipientField, unknown> {
  const own = addressesOf("", body);
  const of = (channel: (typeof own)[number]["channel"]) => [
    ...new Set(own.filter((one) => one.channel === channel).map(({ value }) => normaliseAddress(channel, value))),
  ];
  return {
    email: of("email"),
    phone: of("sms"),
    push: of("push"),
    webhook: of("webhook"),
    chat: of("chat"),
    locale: body.locale ?? null,
    timeZone: body.timeZone ?? null,
    tenant: body.tenant ?? null,
    country: body.country ?? null,
    attributes: body.attributes ?? empty,
    personal: body.personal ?? empty,
  };
}

export interface RecipientChange {
  /** Time-ordered; ids of calls are derived from it. */
  id: string;
  environmentId: number;
  recipient: string;
  at: number;
  source: ChangeSource;
  wrappedKey: string;
  /** As read; undefined where there is nobody. */
  before: { body: RecipientBody; version: number } | undefined;
  after: RecipientBody;
}

/** What endpoints are to be told of a write of a recipient: neither addresses nor what is personal, but that these are others. */
export function toldRecipient(change: RecipientChange, sealer: Pick<RecipientSealer, "sealForRecipient">) {
  const { before, after, source, ...of } = change;
  const changed = changedFields(before?.body, after);
  const { locale, timeZone, country, tenant, attributes = {} } = after;
  const data = {
    source,
    change: before === undefined ? ("created" as const) : ("updated" as const),
    changed,
    locale,
    timeZone,
    country,
    attributes,
  };
  const webhook = recipientWebhook({ ...of, tenant, type: "recipient.updated", data }, sealer);
  return { webhook, unchangedFrom: before !== undefined && changed.length === 0 ? before.version : null };
}
