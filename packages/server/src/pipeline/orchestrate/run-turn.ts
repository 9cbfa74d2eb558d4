import { type MessageState, messageStates } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import { openPayload, sealContext } from "../../domain/event-payload.ts";
import { planRun } from "../../domain/run-plan.ts";
import type { Json } from "../../domain/steps/step-kind.ts";
import type { NewDecision, NewMessage, RunProgress, RunRecord, RunTurn } from "../../ports/store/orchestrate.ts";
import { openPerson } from "./person.ts";
import type { OrchestrateDependencies } from "./ports.ts";
import { programOf } from "./programs.ts";
import { decision, outputOf, type RunFrame } from "./run-output.ts";

export interface PlannedRunTurn {
  turn: RunTurn;
  deliveries: Delivery[];
}

type Services = Pick<OrchestrateDependencies, "configuration" | "ids" | "keyring" | "steps">;

/** Plans the next turn of a run that has waited. An effect is performed here, and its turn does nothing but journal it. */
export async function planRunTurn(record: RunRecord, now: number, services: Services): Promise<PlannedRunTurn> {
  const workflow = await services.configuration.workflowVersion(
    record.environmentId,
    record.workflow,
    record.workflowVersion,
  );
  if (workflow === undefined)
    return ending(record, now, {
      kind: "dead",
      reason: "workflow_missing",
      detail: `${record.workflow} ${record.workflowVersion}`,
    });
  const payload = openPayload(record.event, record.environmentId, services.keyring);
  const frame: RunFrame = {
    id: record.id,
    environmentId: record.environmentId,
    eventId: record.event.id,
    workflow,
    lane: record.lane,
    tenant: record.tenant,
    expiresAt: record.expiresAt,
    baseTime: record.dueAt,
    now,
    data: payload.data,
    journal: journalOf(record, services),
  };
  const stop = (reason: string) =>
    decision(frame, record.recipient, { step: "", channel: "", outcome: "not_sent", reason, detail: "" });
  if (record.expiresAt !== null && record.expiresAt <= now)
    return ending(record, now, { kind: "expired" }, [stop("expired")]);
  if (record.recipientRecord === null) return ending(record, now, { kind: "completed" }, [stop("recipient_unknown")]);
  const person = openPerson(record.recipientRecord, services.keyring);
  const facts = {
    data: payload.data,
    recipient: person.facts,
    messages: statesByStep(record),
    journal: frame.journal,
    baseTime: record.dueAt,
  };
  const plan = planRun(programOf(workflow.document), record.step, facts, services.steps);
  const { end } = plan;
  if (end.kind === "effect" && end.at === record.step) {
    const journal = { ...frame.journal, [end.step]: await end.perform() };
    return ending(record, now, {
      kind: "wait",
      step: end.at + 1,
      dueAt: record.dueAt,
      journal: sealJournal(record, journal, services),
    });
  }
  const output = outputOf(frame, person, plan, services);
  const progress: RunProgress =
    end.kind === "done"
      ? { kind: "completed" }
      : { kind: "wait", step: end.at, dueAt: end.kind === "wait" ? end.dueAt : record.dueAt, journal: record.journal };
  return { ...ending(record, now, progress, output.decisions, output.messages), deliveries: output.deliveries };
}

function ending(
  record: RunRecord,
  now: number,
  progress: RunProgress,
  decisions: NewDecision[] = [],
  messages: NewMessage[] = [],
): PlannedRunTurn {
  const { id: runId, environmentId, event, step } = record;
  return {
    turn: { runId, environmentId, eventId: event.id, step, now, progress, messages, decisions },
    deliveries: [],
  };
}

/** A turn for a run that cannot be planned: it ends where someone sees it. */
export function deadRunTurn(record: RunRecord, now: number, detail: string): PlannedRunTurn {
  return ending(record, now, { kind: "dead", reason: "orchestration_failed", detail });
}

function journalOf(record: RunRecord, { keyring }: Services): Record<string, Json> {
  if (record.journal === null) return {};
  return JSON.parse(keyring.unsealForEnvironment(record.environmentId, sealContext.journal, record.journal));
}

function sealJournal(record: RunRecord, journal: Record<string, Json>, { keyring }: Services): string {
  return keyring.sealForEnvironment(record.environmentId, sealContext.journal, JSON.stringify(journal));
}

/** A step with several addresses has the state of its luckiest message. */
function statesByStep(record: RunRecord): Map<string, MessageState> {
  const luck = (state: MessageState): number => ["delivered", "sent", "sending", "queued"].indexOf(state);
  const states = new Map<string, MessageState>();
  for (const { step, state } of record.messages) {
    const known = states.get(step);
    const better = known === undefined || (luck(state) >= 0 && (luck(known) < 0 || luck(state) < luck(known)));
    if (better && messageStates.includes(state)) states.set(step, state);
  }
  return states;
}
