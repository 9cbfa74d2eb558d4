import { sealContext } from "../../domain/event-payload.ts";
import { type DigestScope, digestScopeSchema, digestStepName } from "../../domain/policy/preference-digest.ts";
import type { GatheredWindow } from "../../ports/store/digests.ts";
import type { RunRecord } from "../../ports/store/orchestrate.ts";
import { closed } from "./close-digest.ts";
import { type ClosedPreference, type Closing, type ClosingSource, notSent } from "./closing-preference.ts";
import { digestResult, type Gathered, openEntry } from "./digest-content.ts";
import { appendDigest } from "./digest-message.ts";
import { openPerson, type Person } from "./person.ts";
import { type Judged, judge } from "./policy.ts";

/**
 * Closes the window of a category's digest: one message to each address, with all that was gathered and that its recipient
 * still is to hear. Window, message and run's end are one turn. Throws where something does not open.
 */
export function closePreferenceDigest(
  record: RunRecord,
  window: GatheredWindow,
  now: number,
  source: ClosingSource,
): ClosedPreference {
  const scope = scopeOf(record, source);
  const made: Closing = {
    record,
    scope,
    now,
    source,
    progress: { kind: "completed" },
    window: closed(window, record),
    messages: [],
    decisions: [],
    deliveries: [],
  };
  if (record.recipientRecord === null) {
    made.decisions.push(notSent(made, { reason: "recipient_unknown" }));
    return resultOf(made);
  }
  const person = openPerson(record.recipientRecord, source.keyring);
  const { wanted, judged } = wantedOf(made, window, person);
  const [first] = wanted;
  if (first === undefined || judged === undefined) {
    made.decisions.push(notSent(made, { reason: "digest_empty" }));
    return resultOf(made);
  }
  const template = templateOf(made);
  // Nothing is lost: whoever brings the template back replays the dead letter.
  if (template === undefined) return { progress: dead(scope), messages: [], decisions: [], deliveries: [] };
  made.window = { ...closed(window, record), eventId: first.entry.eventId };
  const addresses = person.secrets.addresses.filter(({ channel }) => channel === scope.channel);
  if (addresses.length === 0) made.decisions.push(notSent(made, { reason: "no_address" }));
  const steps = { [digestStepName]: digestResult(wanted) };
  const content = source.keyring.sealForRecipient(person.wrappedKey, sealContext.content, JSON.stringify({ steps }));
  for (const address of addresses) appendDigest(made, { person, address, template, first, judged, steps, content });
  return resultOf(made);
}

const dead = ({ category }: DigestScope) =>
  ({ kind: "dead", reason: "digest_template_missing", detail: category }) as const;

function scopeOf({ environmentId, journal }: RunRecord, { keyring }: ClosingSource): DigestScope {
  const text = keyring.unsealForEnvironment(environmentId, sealContext.journal, journal ?? "");
  return digestScopeSchema.parse(JSON.parse(text));
}

/** Of what was gathered, what has not expired and is not refused since. */
function wantedOf(closing: Closing, window: GatheredWindow, person: Person) {
  const { record, scope, now, source } = closing;
  const { environmentId, tenant, lane } = record;
  const wanted: Gathered[] = [];
  let judged: Judged | undefined;
  for (const entry of window.entries) {
    const gathered = openEntry(environmentId, entry, source.keyring);
    const { data, steps: journal = {}, workflow = "" } = gathered;
    if (entry.expiresAt !== null && entry.expiresAt <= now) {
      closing.decisions.push(notSent(closing, { reason: "expired", detail: record.id }, gathered));
      continue;
    }
    const facts = { data, recipient: person.facts, messages: new Map(), journal, baseTime: record.dueAt };
    const { channel, category } = scope;
    const asked = judge({ environmentId, channel, category, class: lane, workflow, tenant, facts }, person, source);
    const { verdict, versions } = asked;
    if (verdict.outcome === "not_sent") {
      const { reason, rule } = verdict;
      closing.decisions.push(notSent(closing, { reason, rule, versions }, gathered));
      continue;
    }
    judged = { verdict: { outcome: "send", rule: verdict.rule }, versions };
    wanted.push(gathered);
  }
  return { wanted, judged };
}

function templateOf({ record: { environmentId }, scope, source: { configuration } }: Closing) {
  const digest = configuration.category(environmentId, scope.category)?.document.digest;
  const template = digest && configuration.currentTemplate(environmentId, digest.template);
  return template?.document[scope.channel] === undefined ? undefined : template;
}

function resultOf({ progress, window, messages, decisions, deliveries }: Closing): ClosedPreference {
  return { progress, ...(window === undefined ? {} : { window }), messages, decisions, deliveries };
}
