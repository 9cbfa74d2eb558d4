import type { Lane } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { Delivery } from "../../domain/delivery.ts";
import { sealContext } from "../../domain/event-payload.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import type { RunPlan } from "../../domain/run-plan.ts";
import type { Json } from "../../domain/steps/step-kind.ts";
import type { Configuration, Versioned } from "../../ports/configuration.ts";
import type { Ids } from "../../ports/ids.ts";
import type { NewDecision, NewMessage } from "../../ports/store/orchestrate.ts";
import { sharedOrigin } from "./origins.ts";
import type { Person } from "./person.ts";
import type { OrchestrateKeyring } from "./ports.ts";

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
}

export interface OutputSource {
  ids: Ids;
  configuration: Configuration;
  keyring: Pick<OrchestrateKeyring, "sealForRecipient">;
}

export interface RunOutput {
  messages: NewMessage[];
  decisions: NewDecision[];
  deliveries: Delivery[];
}

/** Turns what a plan sends into messages, one per address, and what it does not send into decisions. */
export function outputOf(frame: RunFrame, person: Person, plan: RunPlan, source: OutputSource): RunOutput {
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
  for (const send of plan.sends) {
    const addresses = person.secrets.addresses.filter((address) => address.channel === send.channel);
    const template = source.configuration.currentTemplate(frame.environmentId, send.template);
    if (addresses.length === 0 || template === undefined) {
      const reason = template === undefined ? "template_missing" : "no_address";
      output.decisions.push(
        decision(frame, person.id, {
          step: send.step,
          channel: send.channel,
          outcome: "not_sent",
          reason,
          detail: template === undefined ? send.template : "",
        }),
      );
      continue;
    }
    for (const address of addresses)
      append(output, frame, person, { ...send, templateVersion: template.version, address }, source);
  }
  return output;
}

export function decision(
  frame: RunFrame,
  recipient: string,
  what: Pick<NewDecision, "step" | "channel" | "outcome" | "reason" | "detail">,
): NewDecision {
  return {
    environmentId: frame.environmentId,
    eventId: frame.eventId,
    runId: frame.id,
    recipient,
    workflow: frame.workflow.key,
    workflowVersion: frame.workflow.version,
    at: frame.now,
    ...what,
  };
}

interface Send {
  step: string;
  channel: MessageOrigin["channel"];
  template: string;
  templateVersion: number;
  address: { hash: string; value: string };
}

function append(output: RunOutput, frame: RunFrame, person: Person, send: Send, source: OutputSource): void {
  const { eventId, expiresAt, now } = frame;
  const origin = originOf(frame, send);
  const id = source.ids.derive(frame.baseTime, frame.id, send.step, send.channel, send.address.hash);
  output.messages.push({
    id,
    eventId,
    runId: frame.id,
    origin,
    recipient: person.id,
    addressHash: send.address.hash,
    state: "queued",
    dueAt: now,
    createdAt: now,
    expiresAt,
    content: sealedJournal(frame, person, source),
    decisions: `[{"outcome":"send","reason":"workflow_step","at":${now}}]`,
    start: null,
  });
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
  const { environmentId, workflow, lane, tenant } = frame;
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
