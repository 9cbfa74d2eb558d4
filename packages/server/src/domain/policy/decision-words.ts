/** A decision, as far as its words tell. Empty texts where there is nothing. */
export interface Told {
  outcome: string;
  reason: string;
  rule: string;
  detail: string;
  channel: string;
  workflow: string;
}

const reasons: Readonly<Record<string, (told: Told) => string>> = {
  workflow_step: sent,
  direct_message: sent,
  answers_stop: () => "Sent: it confirms the STOP that came from this number, once",
  answers_start: () => "Sent: it confirms the START that came from this number",
  answers_help: () => "Sent: it answers the HELP that came from this number",
  opted_out: ({ channel, rule }) => `Not sent${on(channel)}: ${ruleWords(rule)} switches it off`,
  consent_withdrawn: ({ channel }) => `Not sent${on(channel)}: the recipient has withdrawn their consent`,
  suppressed: ({ channel }) => `Not sent${on(channel)}: the address is suppressed`,
  consent_missing: ({ channel }) =>
    `Not sent${on(channel)}: the law of the recipient's country asks for consent, and none was given`,
  consent_unconfirmed: ({ channel }) =>
    `Not sent${on(channel)}: the law of the recipient's country asks for a confirmed consent, and it is not confirmed yet`,
  channel_order: ({ channel, detail, rule }) =>
    `Chosen${on(channel)} as the first that lets it through, by ${ruleWords(rule)}: ${detail}`,
  no_channel: ({ detail }) => `Not sent: none of its channels lets it through: ${detail}`,
  no_address: ({ channel }) => `Not sent${on(channel)}: the recipient has no address there`,
  template_missing: ({ detail }) => `Not sent: there is no template${named(detail)}`,
  recipient_unknown: () => "Not sent: nobody of this id is known",
  no_workflow: ({ detail }) => `Nothing started: no workflow awaits the event${named(detail)}`,
  deduplicated: ({ detail }) => `Not started: a run with the same value of ${detail} came before it`,
  expired: () => "Not sent: its time had run out",
  hourly: gathered,
  daily: gathered,
  weekly: gathered,
  category_digest: ({ rule }) => `Sent as a digest: ${ruleWords(rule)}`,
  digest_empty: () => "Not sent: nothing was left in the digest when its time came",
  quiet_hours: ({ detail }) => `Put off: quiet hours, ${detail}`,
  send_window: ({ detail }) => `Put off: outside of the times at which the category is sent, ${detail}`,
  expires_in_quiet_hours: () => "Not sent: its time runs out within quiet hours",
  expires_before_send_window: () => "Not sent: its time runs out before the category is sent again",
  no_time_to_send: () => "Not sent: quiet hours and send window leave no time for it",
  cap_reached: ({ outcome, detail }) =>
    `${outcome === "digest" ? "Gathered for the digest" : outcome === "deferred" ? "Put off" : "Not sent"}: the recipient has had as many messages as the cap allows${named(detail)}`,
  superseded: ({ detail }) => `Not sent: a newer message took its place${named(detail)}`,
  sunset: ({ detail }) =>
    `Not sent: the recipient was silent for long (${detail}), and was asked whether they want more`,
  sunset_asked: ({ detail }) =>
    `In its place the recipient is asked whether they want more: silent for long (${detail})`,
  fallback_of: ({ detail }) => `Sent in place of another step${named(detail)}`,
  fallback_failed: ({ channel }) => `Something else is sent in its place: it failed for good${on(channel)}`,
  fallback_bounced: ({ channel }) => `Something else is sent in its place: the address takes nothing${on(channel)}`,
  fallback_undelivered: ({ channel }) =>
    `Something else is sent in its place: nobody has said in time that it arrived${on(channel)}`,
  fallback_unknown: ({ channel }) =>
    `Something else is sent in its place: nobody knows whether the provider has taken it${on(channel)}`,
  no_fallback_delivered: () => "Nothing is sent in its place: it has arrived at another address",
  no_fallback_ended: () => "Nothing is sent in its place: it ended in a way that its fallback is not for",
  no_fallback_late: () => "Nothing is sent in its place: the time for that had run out",
  event_sent: ({ detail }) => `Sent the event${named(detail)}`,
  event_depth: ({ detail }) =>
    `Not sent: too many events in a row were sent by steps of workflows, each started by the one before${bracketed(detail)}`,
  derived_limit: ({ detail }) =>
    `Not sent: as many events and messages as one event may lead to have come of it${bracketed(detail)}`,
  event_too_large: ({ detail }) => `Not sent: the data of the event is larger than it may be${bracketed(detail)}`,
  event_data_refused: ({ detail }) => `Not sent: a workflow refuses the data of the event${bracketed(detail)}`,
  topic_unknown: ({ detail }) => `Nobody reached: there is no topic${named(detail)}`,
  segment_unknown: ({ detail }) => `Nobody reached: there is no segment${named(detail)}`,
  recipient_unreadable: ({ detail }) => `Not reached: the data of the recipient${named(detail)} cannot be opened`,
  condition_held: () => "The condition held: its first branch was taken",
  condition_failed: () => "The condition did not hold: its other branch was taken",
};

const rules: Readonly<Record<string, string>> = {
  suppression: "a suppression of the address",
  mandatory: "what is critical is mandatory",
  consent: "the recipient's consent",
  jurisdiction: "the law of the recipient's country",
  recipient_workflow: "the recipient's choice for the workflow",
  recipient_category: "the recipient's choice for the category",
  recipient_tenant: "the recipient's choice for the tenant",
  recipient_environment: "the recipient's choice for everything",
  tenant_workflow: "the tenant's default for the workflow",
  tenant_category: "the tenant's default for the category",
  tenant_environment: "the tenant's default",
  category_default: "the category's default",
  environment_default: "the environment's default",
  recipient_order: "the recipient's order of channels",
  tenant_order: "the tenant's order of channels",
  category_order: "the category's order of channels",
  environment_order: "the environment's order of channels",
  step_order: "the step's order of channels",
  built_in_default: "nobody has chosen otherwise",
};

/** What a decision says, in a sentence. A reason that has no words of its own is given as it is. */
export function decisionWords(told: Told): string {
  const words = reasons[told.reason];
  if (words !== undefined) return words(told);
  return [told.outcome, told.reason, told.detail].filter((text) => text !== "").join(", ");
}

/** The detail of what is sent is the frequency that was asked for, where nothing gathers it. */
function sent({ rule, detail }: Told): string {
  return `Sent: ${ruleWords(rule)}${detail === "" ? "" : `, ${detail}, but nothing gathers it`}`;
}

/** The reason is the frequency, and the detail the run of the digest. */
function gathered({ reason, channel, rule, detail }: Told): string {
  return `Gathered for the ${reason} digest${on(channel)}${named(detail)}: ${ruleWords(rule)}`;
}

function ruleWords(rule: string): string {
  return rules[rule] ?? (rule === "" ? "a step of the workflow" : rule);
}

const on = (channel: string): string => (channel === "" ? "" : ` by ${channel}`);
const bracketed = (detail: string): string => (detail === "" ? "" : ` (${detail})`);
const named = (name: string): string => (name === "" ? "" : ` ${name}`);
