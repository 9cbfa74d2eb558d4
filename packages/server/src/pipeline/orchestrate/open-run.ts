import { openPayload, sealContext } from "../../domain/event-payload.ts";
import { joined, type MessageFacts } from "../../domain/steps/message-facts.ts";
import type { Json, StepFacts } from "../../domain/steps/step-kind.ts";
import type { NewDecision, RunProgress, RunRecord } from "../../ports/store/orchestrate.ts";
import { openPerson, type Person } from "./person.ts";
import type { OrchestrateDependencies } from "./ports.ts";
import type { RunFrame } from "./run-frame.ts";
import { decision } from "./run-output.ts";

export type RunServices = Pick<
  OrchestrateDependencies,
  "configuration" | "dataSchemas" | "ids" | "keyring" | "limits" | "lookBack" | "steps" | "tenants"
>;

/** A run that can go on, with all that its steps may read. */
export interface OpenRun {
  status: "open";
  frame: RunFrame;
  person: Person;
  facts: StepFacts;
}

/** Opens what the store has of a run, or says how it ends instead. Throws where it cannot be read. */
export async function openRun(
  record: RunRecord,
  now: number,
  { configuration, keyring }: RunServices,
): Promise<OpenRun | { status: "ends"; progress: RunProgress; decisions: NewDecision[] }> {
  const { environmentId, dueAt: baseTime } = record;
  const workflow = await configuration.workflowVersion(environmentId, record.workflow, record.workflowVersion);
  if (workflow === undefined) {
    const detail = `${record.workflow} ${record.workflowVersion}`;
    return { status: "ends", progress: { kind: "dead", reason: "workflow_missing", detail }, decisions: [] };
  }
  const payload = openPayload(record.event, environmentId, keyring);
  const { event, lane, tenant, expiresAt } = record;
  // What is sent in place of a run's messages is that run's own.
  const id = record.watch?.of ?? record.id;
  const { data } = payload;
  const journal = journalOf(record, keyring);
  const frame: RunFrame = {
    id,
    environmentId,
    eventId: event.id,
    trace: event.trace,
    workflow,
    lane,
    tenant,
    expiresAt,
    baseTime,
    now,
    data,
    journal,
    order: record.order,
    campaign: payload.campaign === undefined ? undefined : event.id,
  };
  const stop = (kind: "expired" | "completed", reason: string) => ({
    status: "ends" as const,
    progress: { kind },
    decisions: [decision(frame, record.recipient, { step: "", channel: "", outcome: "not_sent", reason, detail: "" })],
  });
  if (expiresAt !== null && expiresAt <= now) return stop("expired", "expired");
  if (record.recipientRecord === null) return stop("completed", "recipient_unknown");
  const person = openPerson(record.recipientRecord, keyring);
  const facts = { data, recipient: person.facts, messages: factsByStep(record), journal, baseTime };
  return { status: "open", frame, person, facts };
}

function journalOf(record: RunRecord, keyring: RunServices["keyring"]): Record<string, Json> {
  if (record.journal === null) return {};
  return JSON.parse(keyring.unsealForEnvironment(record.environmentId, sealContext.journal, record.journal));
}

function factsByStep({ messages }: RunRecord): Map<string, MessageFacts> {
  const facts = new Map<string, MessageFacts>();
  for (const { step, state, ...what } of messages) {
    const own = {
      state,
      delivered: what.isDelivered,
      seen: what.isOpened,
      read: what.isRead,
      clicked: what.isClicked,
    };
    facts.set(step, joined(facts.get(step), own));
  }
  return facts;
}
