import type { Channel } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import { sealContext } from "../../domain/event-payload.ts";
import { mailboxProviderOf } from "../../domain/mailbox-provider.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import { messageMark } from "../../domain/order.ts";
import type { PlannedSend, RunPlan } from "../../domain/run-plan.ts";
import type { StepFacts } from "../../domain/steps/step-kind.ts";
import { placeOf } from "../../lib/ids.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { Ids } from "../../ports/ids.ts";
import type { DigestJoin, NewDecision, NewMessage } from "../../ports/store/orchestrate.ts";
import { attentionOf } from "./attention.ts";
import { collapseHash } from "./collapse-key.ts";
import { type LeftWatching, watchDecision, watchOf, withoutAddress } from "./fallback-watch.ts";
import { firstOf } from "./first-of.ts";
import type { OrchestrateLimits } from "./limits.ts";
import { sharedOrigin } from "./origins.ts";
import type { Person } from "./person.ts";
import { type Judged, judge, type PolicyServices } from "./policy.ts";
import type { OrchestrateKeyring } from "./ports.ts";
import { categoryDigest, preferenceJoin } from "./preference-join.ts";
import type { RunFrame } from "./run-frame.ts";
import { sunsetOf } from "./sunset.ts";
import { ruleText, sentDecisions, timingOf } from "./timing.ts";

export interface OutputSource extends PolicyServices {
  ids: Ids;
  configuration: Configuration;
  keyring: Pick<OrchestrateKeyring, "sealForRecipient" | "sealForEnvironment">;
  limits: OrchestrateLimits;
}

export interface RunOutput {
  messages: NewMessage[];
  decisions: NewDecision[];
  deliveries: Delivery[];
  /** Digests of preferences that are joined in place of sending. */
  joins: DigestJoin[];
  /** Runs that watch the messages for their fallbacks. */
  watches: LeftWatching[];
}

/** Turns what a plan sends into messages, one per address, and what it does not send into decisions. */
export function outputOf(
  frame: RunFrame,
  person: Person,
  plan: RunPlan,
  facts: StepFacts,
  source: OutputSource,
): RunOutput {
  const output: RunOutput = { messages: [], decisions: [], deliveries: [], joins: [], watches: [] };
  for (const branch of plan.branches) {
    output.decisions.push(
      decision(frame, person.id, {
        step: branch.step,
        channel: "",
        outcome: "branch",
        reason: branch.holds ? "condition_held" : "condition_failed",
        detail: "",
      }),
    );
  }
  const watched = plan.watch && watchDecision(plan.watch);
  if (watched !== undefined) output.decisions.push(decision(frame, person.id, watched));
  const sending = { frame, person, facts, source };
  for (const send of plan.sends) {
    if (send.among === undefined) sendTo(output, sending, send);
    else sendToFirst(output, sending, { ...send, among: send.among });
  }
  return output;
}

interface Sending {
  frame: RunFrame;
  person: Person;
  facts: StepFacts;
  source: OutputSource;
}

/** Sends on the channel that the recipient likes best of those which let it through. */
function sendToFirst(output: RunOutput, sending: Sending, send: PlannedSend & { among: readonly Channel[] }): void {
  const { frame, person, source } = sending;
  const { environmentId, tenant, workflow } = frame;
  const asked = { environmentId, tenant, category: workflow.document.category, among: send.among };
  const { channel, decisions } = firstOf(asked, person, source, (each) => judgedOn(sending, each));
  for (const made of decisions) output.decisions.push(decision(frame, person.id, { step: send.step, ...made }));
  if (channel !== undefined) sendTo(output, sending, { ...send, channel });
}

function judgedOn({ frame, person, facts, source }: Sending, channel: Channel): Judged {
  const { environmentId, tenant, workflow, lane } = frame;
  const { key, document } = workflow;
  const wanted = { environmentId, channel, category: document.category, class: lane, workflow: key, tenant, facts };
  return judge(wanted, person, source);
}

/** What becomes of one step for its recipient: a message to each address, or the reason why there is none. */
function sendTo(output: RunOutput, sending: Sending, send: PlannedSend): void {
  const { frame, person, source } = sending;
  const addresses = person.secrets.addresses.filter((address) => address.channel === send.channel);
  const template = source.configuration.currentTemplate(frame.environmentId, send.template);
  const notSent = (reason: string, made: Partial<NewDecision> = {}) => {
    const { step, channel } = send;
    const what = { step, channel, outcome: "not_sent", reason, detail: "", ...made };
    output.decisions.push(decision(frame, person.id, what));
  };
  if (template === undefined || addresses.length === 0) {
    if (template === undefined) notSent("template_missing", { detail: send.template });
    else {
      notSent("no_address");
      pushSome(output.watches, withoutAddress(frame, send, source.ids));
    }
    return;
  }
  const judged = judgedOn(sending, send.channel);
  const { verdict, versions } = judged;
  if (verdict.outcome === "not_sent") {
    notSent(verdict.reason, { rule: verdict.rule, versions });
    return;
  }
  if (verdict.outcome === "digest" && gather(output, sending, send, judged)) return;
  const before = output.messages.length;
  const { step, channel, collapseKey } = send;
  for (const address of addresses)
    append(output, sending, {
      step,
      channel,
      template: send.template,
      templateVersion: template.version,
      collapseKey,
      address,
      judged,
    });
  pushSome(output.watches, watchOf(frame, send, output.messages.slice(before), source.ids));
}

function pushSome<Item>(list: Item[], item: Item | undefined): void {
  if (item !== undefined) list.push(item);
}

/** Joins the category's digest; false where it has none on the channel. */
function gather(
  output: RunOutput,
  { frame, person, source }: Sending,
  send: Pick<Send, "step" | "channel">,
  judged: Judged,
): boolean {
  const { verdict, versions } = judged;
  const { step, channel } = send;
  const digest = categoryDigest(source, frame.environmentId, frame.workflow.document.category, channel);
  if (digest === undefined || verdict.outcome !== "digest") return false;
  const { frequency, rule } = verdict;
  const made = { step, channel, outcome: "digest", reason: frequency, rule, versions, detail: "" };
  const joining = { step, channel, frequency, decision: decision(frame, person.id, made) };
  const join = preferenceJoin(frame, person, joining, digest, source);
  // An event is in a digest once, however many steps of its workflow lead there.
  if (output.joins.some(({ keyHash }) => keyHash === join.keyHash)) output.decisions.push(join.decision);
  else output.joins.push(join);
  return true;
}

export function decision(
  frame: RunFrame,
  recipient: string,
  what: Pick<NewDecision, "step" | "channel" | "outcome" | "reason" | "detail"> & Partial<NewDecision>,
): NewDecision {
  return {
    environmentId: frame.environmentId,
    eventId: frame.eventId,
    runId: frame.id,
    recipient,
    workflow: frame.workflow.key,
    workflowVersion: frame.workflow.version,
    at: frame.now,
    category: frame.workflow.document.category,
    rule: "",
    versions: "",
    ...what,
  };
}

interface Send {
  step: string;
  channel: MessageOrigin["channel"];
  template: string;
  templateVersion: number;
  collapseKey?: string | undefined;
  address: { hash: string; value: string };
  judged: Judged;
}

function append(output: RunOutput, { frame, person, source }: Sending, send: Send): void {
  const { eventId, expiresAt, now } = frame;
  const origin = originOf(frame, send);
  const id = source.ids.deriveAt(
    frame.baseTime,
    placeOf(frame.id),
    frame.id,
    send.step,
    send.channel,
    send.address.hash,
  );
  const startAt = frame.startAt ?? now;
  const { environmentId, category, tenant, lane, channel } = origin;
  const timed = { environmentId, category, tenant, lane, channel, id, now: startAt, expiresAt };
  const timing = timingOf(source, timed, person);
  if (timing.outcome === "never") {
    const { reason } = timing;
    const notSent = { step: send.step, channel, outcome: "not_sent", reason, detail: ruleText(timing) };
    output.decisions.push(decision(frame, person.id, notSent));
    return;
  }
  const claim = attentionOf(source, origin, frame.workflow.document.priority === "high", person);
  output.messages.push({
    id,
    eventId,
    runId: frame.id,
    origin,
    recipient: person.id,
    addressHash: send.address.hash,
    mailbox: mailboxProviderOf(origin.channel, send.address.value),
    state: "queued",
    dueAt: timing.outcome === "deferred" ? timing.dueAt : startAt,
    createdAt: now,
    expiresAt,
    content: sealedJournal(frame, person, source),
    decisions: sentDecisions("workflow_step", timing, send.judged, now, frame.fallbackOf),
    start: null,
    claim,
    collapseHash: collapseHash(frame, send.collapseKey, origin, person.id, send.address.hash),
    order: frame.order && messageMark(frame.order, id),
    overflow: overflowOf(claim, { frame, person, source }, send),
    sunset: sunsetOf(source.configuration, origin, person, true),
  });
  // The look for what is due finds it.
  if (timing.outcome === "deferred" || startAt > now) return;
  output.deliveries.push({
    id,
    eventId,
    origin,
    recipient: person.facts,
    to: send.address.value,
    addressKnownSince: person.updatedAt,
    content: undefined,
    data: frame.data,
    steps: Object.keys(frame.journal).length === 0 ? undefined : frame.journal,
    trace: frame.trace,
    createdAt: now,
    expiresAt,
    attempts: 0,
    firstAttemptAt: null,
    last: undefined,
    isOrdered: frame.order !== undefined,
  });
}

/** The category's digest as what takes a message that a cap has no place for. */
function overflowOf(
  claim: NewMessage["claim"],
  { frame, person, source }: Omit<Sending, "facts">,
  { step, channel, judged }: Send,
): NewMessage["overflow"] {
  if (frame.lane === "critical" || claim === null || !claim.caps.some(({ over }) => over === "digest"))
    return undefined;
  const digest = categoryDigest(source, frame.environmentId, frame.workflow.document.category, channel);
  if (digest === undefined) return undefined;
  const made = {
    step,
    channel,
    outcome: "digest",
    reason: "cap_reached",
    rule: "cap",
    versions: judged.versions,
    detail: "",
  };
  const joining = { step, channel, frequency: digest.overflow ?? "daily", decision: decision(frame, person.id, made) };
  return preferenceJoin(frame, person, joining, digest, source);
}

function originOf(frame: RunFrame, { step, channel, template, templateVersion }: Send): MessageOrigin {
  const { environmentId, workflow, lane, tenant, campaign } = frame;
  const { key, version, document } = workflow;
  const { category } = document;
  return sharedOrigin(document, {
    environmentId,
    workflow: key,
    workflowVersion: version,
    step,
    template,
    templateVersion,
    channel,
    lane,
    category,
    tenant,
    campaign,
  });
}

/** Journalled results go with the message: a retry must not read them from a run that has moved on. */
function sealedJournal(frame: RunFrame, person: Person, source: OutputSource): string | null {
  if (Object.keys(frame.journal).length === 0) return null;
  return source.keyring.sealForRecipient(
    person.wrappedKey,
    sealContext.content,
    JSON.stringify({ steps: frame.journal }),
  );
}
