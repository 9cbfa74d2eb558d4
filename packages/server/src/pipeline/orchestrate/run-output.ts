import type { Lane } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { Delivery } from "../../domain/delivery.ts";
import { sealContext } from "../../domain/event-payload.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import type { RunPlan } from "../../domain/run-plan.ts";
import type { Json, StepFacts } from "../../domain/steps/step-kind.ts";
import type { Configuration, Versioned } from "../../ports/configuration.ts";
import type { Ids } from "../../ports/ids.ts";
import type { NewDecision, NewMessage } from "../../ports/store/orchestrate.ts";
import { attentionOf } from "./attention.ts";
import { sharedOrigin } from "./origins.ts";
import type { Person } from "./person.ts";
import { type Judged, judge, type PolicyServices } from "./policy.ts";
import type { OrchestrateKeyring, OrchestrateLimits } from "./ports.ts";
import { ruleText, sentDecisions, timingOf } from "./timing.ts";

/** A run, as far as its messages and decisions carry it. */
export interface RunFrame {
  id: string;
  environmentId: number;
  eventId: string;
  /** Text of the trace that the turn belongs to; null for none. */
  trace: string | null;
  workflow: Versioned<WorkflowBody>;
  lane: Lane;
  tenant: string;
  expiresAt: number | null;
  /** Due time of the durable step at which this turn began, ms. */
  baseTime: number;
  now: number;
  data: Record<string, unknown>;
  journal: Readonly<Record<string, Json>>;
  /** Its event, where that is a campaign. */
  campaign?: string | undefined;
  /** When its recipient has their turn, where that is later than now. */
  startAt?: number | undefined;
}

export interface OutputSource extends PolicyServices {
  ids: Ids;
  configuration: Configuration;
  keyring: Pick<OrchestrateKeyring, "sealForRecipient">;
  limits: OrchestrateLimits;
}

export interface RunOutput {
  messages: NewMessage[];
  decisions: NewDecision[];
  deliveries: Delivery[];
}

/** Turns what a plan sends into messages, one per address, and what it does not send into decisions. */
export function outputOf(
  frame: RunFrame,
  person: Person,
  plan: RunPlan,
  facts: StepFacts,
  source: OutputSource,
): RunOutput {
  const output: RunOutput = { messages: [], decisions: [], deliveries: [] };
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
  for (const send of plan.sends) sendTo(output, { frame, person, facts, source }, send);
  return output;
}

interface Sending {
  frame: RunFrame;
  person: Person;
  facts: StepFacts;
  source: OutputSource;
}

/** What becomes of one step for its recipient: a message to each address, or the reason why there is none. */
function sendTo(output: RunOutput, sending: Sending, send: RunPlan["sends"][number]): void {
  const { frame, person, facts, source } = sending;
  const addresses = person.secrets.addresses.filter((address) => address.channel === send.channel);
  const template = source.configuration.currentTemplate(frame.environmentId, send.template);
  const notSent = (reason: string, made: Partial<NewDecision> = {}) => {
    const { step, channel } = send;
    const what = { step, channel, outcome: "not_sent", reason, detail: "", ...made };
    output.decisions.push(decision(frame, person.id, what));
  };
  if (template === undefined || addresses.length === 0) {
    if (template === undefined) notSent("template_missing", { detail: send.template });
    else notSent("no_address");
    return;
  }
  const { environmentId, tenant, workflow, lane } = frame;
  const { key, document } = workflow;
  const { channel } = send;
  const wanted = { environmentId, channel, category: document.category, class: lane, workflow: key, tenant, facts };
  const judged = judge(wanted, person, source);
  const { verdict, versions } = judged;
  if (verdict.outcome === "not_sent") {
    notSent(verdict.reason, { rule: verdict.rule, versions });
    return;
  }
  for (const address of addresses)
    append(output, sending, { ...send, templateVersion: template.version, address, judged });
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
  address: { hash: string; value: string };
  judged: Judged;
}

function append(output: RunOutput, { frame, person, source }: Sending, send: Send): void {
  const { eventId, expiresAt, now } = frame;
  const origin = originOf(frame, send);
  const id = source.ids.derive(frame.baseTime, frame.id, send.step, send.channel, send.address.hash);
  const startAt = frame.startAt ?? now;
  const timing = timingOf(source, { ...origin, id, now: startAt, expiresAt }, person);
  if (timing.outcome === "never") {
    const { step, channel } = send;
    const notSent = { step, channel, outcome: "not_sent", reason: timing.reason, detail: ruleText(timing) };
    output.decisions.push(decision(frame, person.id, notSent));
    return;
  }
  output.messages.push({
    id,
    eventId,
    runId: frame.id,
    origin,
    recipient: person.id,
    addressHash: send.address.hash,
    state: "queued",
    dueAt: timing.outcome === "deferred" ? timing.dueAt : startAt,
    createdAt: now,
    expiresAt,
    content: sealedJournal(frame, person, source),
    decisions: sentDecisions("workflow_step", timing, send.judged, now),
    start: null,
    claim: attentionOf(source, origin, frame.workflow.document.priority === "high", person),
  });
  // The look for what is due finds it.
  if (timing.outcome === "deferred" || startAt > now) return;
  output.deliveries.push({
    id,
    eventId,
    origin,
    recipient: person.facts,
    to: send.address.value,
    content: undefined,
    data: frame.data,
    steps: Object.keys(frame.journal).length === 0 ? undefined : frame.journal,
    trace: frame.trace,
    createdAt: now,
    expiresAt,
    attempts: 0,
    firstAttemptAt: null,
    last: undefined,
  });
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
