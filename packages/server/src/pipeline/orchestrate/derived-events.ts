import type { EventStep } from "@tidings/contract/event-step";
import { type Descent, depthReason, descentBelow } from "../../domain/descent.ts";
import { type EventPayload, sealContext } from "../../domain/event-payload.ts";
import { mostUrgent } from "../../domain/most-urgent.ts";
import { eventData } from "../../domain/steps/event-data.ts";
import type { StepFacts } from "../../domain/steps/step-kind.ts";
import type { DerivedEvent } from "../../ports/store/derived.ts";
import type { NewDecision } from "../../ports/store/orchestrate.ts";
import type { OrchestrateDependencies } from "./ports.ts";
import type { RunFrame } from "./run-frame.ts";
import { decision } from "./run-output.ts";

/** A run that sends events, with what they take over from the event that it is of. */
export interface Sender {
  frame: RunFrame;
  recipient: string;
  facts: StepFacts;
  from: {
    tenant: string;
    generation: number;
    cancellationHash: string | null;
    descent?: Descent | undefined;
    payload: Pick<EventPayload, "actor" | "cancellationKey">;
  };
}

export type DerivingServices = Pick<
  OrchestrateDependencies,
  "configuration" | "dataSchemas" | "ids" | "keyring" | "limits"
>;

/** Events that a turn sends, and what it does not send as decisions. */
export interface Derived {
  events: DerivedEvent[];
  decisions: NewDecision[];
}

export function derivedEvents(sender: Sender, steps: readonly EventStep[], services: DerivingServices): Derived {
  const derived: Derived = { events: [], decisions: [] };
  for (const step of steps) {
    const made = deriveOne(sender, step, services);
    if ("id" in made) derived.events.push(made);
    else derived.decisions.push(made);
  }
  return derived;
}

function deriveOne(sender: Sender, step: EventStep, services: DerivingServices): DerivedEvent | NewDecision {
  const { frame, recipient, facts, from } = sender;
  const { environmentId, baseTime } = frame;
  const notSent = (reason: string, detail: string) =>
    decision(frame, recipient, { step: step.id, channel: "", outcome: "not_sent", reason, detail });
  const descent = descentBelow(frame.eventId, from.descent);
  const { depthMax, dataBytesMax } = services.limits.derived;
  if (descent.depth > depthMax)
    return notSent(depthReason, `${step.event}, root ${descent.root}, depth ${descent.depth - 1}`);
  const data = eventData(step.data, facts, dataBytesMax);
  if (data === undefined) return notSent("event_too_large", `${step.event}, ${dataBytesMax} bytes`);
  const workflows = services.configuration.workflowsFor(environmentId, step.event);
  const fault = workflows
    .flatMap(({ document }) =>
      document.data === undefined ? [] : services.dataSchemas.dataFaults(document.data, data),
    )
    .at(0);
  if (fault !== undefined) return notSent("event_data_refused", `${step.event}, data ${fault.path}: ${fault.message}`);
  const lanes = workflows.map(({ document }) => services.configuration.laneOf(environmentId, document.category));
  // Of the step's own time, so that a turn that runs again makes the same event, and behind it, as what it leads to sorts behind it.
  const receivedAt = baseTime + 1;
  const id = services.ids.derive(receivedAt, "event", frame.id, step.id);
  const payload = services.keyring.sealForEnvironment(
    environmentId,
    sealContext.payload,
    JSON.stringify({ data, ...payloadOf(sender, step) }),
  );
  return {
    id,
    environmentId,
    runId: frame.id,
    descent,
    generation: from.generation,
    name: step.event,
    tenant: from.tenant,
    lane: mostUrgent(lanes),
    receivedAt,
    expiresAt: frame.expiresAt,
    cancellationHash: from.cancellationHash,
    payload,
    trace: frame.trace,
    decision: decision(frame, recipient, {
      step: step.id,
      channel: "",
      outcome: "event",
      reason: "event_sent",
      detail: `${step.event} ${id}`,
    }),
  };
}

function payloadOf({ recipient, from }: Sender, { recipients = [recipient] }: EventStep): Omit<EventPayload, "data"> {
  const audiences = recipients.flatMap((each) => (typeof each === "string" ? [] : each));
  const { actor, cancellationKey } = from.payload;
  return {
    recipients: [...new Set(recipients.flatMap((each) => (typeof each === "string" ? each : [])))],
    ...(audiences.length === 0 ? {} : { audiences }),
    ...(actor === undefined ? {} : { actor }),
    // What gathers for a window is canceled with none of its events.
    ...(cancellationKey === undefined || from.cancellationHash === null ? {} : { cancellationKey }),
  };
}
