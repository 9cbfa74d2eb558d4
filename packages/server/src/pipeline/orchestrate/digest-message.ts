import type { Delivery } from "../../domain/delivery.ts";
import { mailboxProviderOf } from "../../domain/mailbox-provider.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import { digestStepName } from "../../domain/policy/preference-digest.ts";
import { attentionOf } from "./attention.ts";
import { type Closing, notSent } from "./closing-preference.ts";
import type { Gathered } from "./digest-content.ts";
import type { Person } from "./person.ts";
import type { Judged } from "./policy.ts";
import { ruleText, sentDecisions, timingOf } from "./timing.ts";

interface Sending {
  person: Person;
  address: { hash: string; value: string };
  template: { key: string; version: number };
  first: Gathered;
  judged: Judged;
  steps: NonNullable<Delivery["steps"]>;
  content: string;
}

/** The digest as a message to one address, which quiet hours and caps may put off like any other. */
export function appendDigest(
  made: Closing,
  { person, address, template, first, judged, steps, content }: Sending,
): void {
  const { record, now, source } = made;
  const { eventId } = first.entry;
  const origin = originOf(made, template);
  const id = source.ids.derive(record.dueAt, record.id, digestStepName, origin.channel, address.hash);
  const timing = timingOf(source, { ...origin, id, now, expiresAt: null }, person);
  if (timing.outcome === "never") {
    made.decisions.push(notSent(made, { reason: timing.reason, detail: ruleText(timing) }));
    return;
  }
  made.messages.push({
    id,
    eventId,
    runId: record.id,
    origin,
    recipient: person.id,
    addressHash: address.hash,
    mailbox: mailboxProviderOf(origin.channel, address.value),
    state: "queued",
    dueAt: timing.outcome === "deferred" ? timing.dueAt : now,
    createdAt: now,
    expiresAt: null,
    content,
    decisions: sentDecisions("category_digest", timing, judged, now),
    start: null,
    claim: attentionOf(source, origin, false, person),
  });
  if (timing.outcome === "deferred") return;
  const { trace } = record.event;
  const { data } = first;
  const fresh = { createdAt: now, expiresAt: null, attempts: 0, firstAttemptAt: null, last: undefined };
  const of = { id, eventId, origin, recipient: person.facts, to: address.value, addressKnownSince: person.updatedAt };
  made.deliveries.push({ ...of, content: undefined, data, steps, trace, ...fresh });
}

/** It is of no workflow: choices for the category decide. */
function originOf({ record, scope }: Closing, template: { key: string; version: number }): MessageOrigin {
  const { environmentId, lane, tenant } = record;
  const { channel, category } = scope;
  const made = { template: template.key, templateVersion: template.version };
  return { environmentId, workflow: "", workflowVersion: 0, step: "", ...made, channel, lane, category, tenant };
}
