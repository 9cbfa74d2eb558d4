import { createHash } from "node:crypto";
import { type Lane, lanes } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import { canonicalJson } from "../../domain/canonical-json.ts";
import { valueAt } from "../../domain/condition.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { planRun, type RunPlan } from "../../domain/run-plan.ts";
import { placeIn } from "../../lib/ids.ts";
import type { Versioned } from "../../ports/configuration.ts";
import type { DedupeClaim, EventTurn, NewRun } from "../../ports/store/orchestrate.ts";
import { arrivalsOf } from "./arrivals.ts";
import { derivedClaim } from "./derived-claim.ts";
import { derivedEvents } from "./derived-events.ts";
import { digestJoin } from "./digest-join.ts";
import { effectKey } from "./effect-key.ts";
import { watchingRun } from "./fallback-watch.ts";
import { namedPage } from "./named-page.ts";
import { newRun } from "./new-run.ts";
import type { PeopleInSight } from "./people.ts";
import type { Person } from "./person.ts";
import { sealedResults, withResults } from "./plan-results.ts";
import type { TenantsInSight } from "./policy.ts";
import type { EventWork, OrchestrateDependencies } from "./ports.ts";
import { programOf } from "./programs.ts";
import type { RecentInSight } from "./recent-in-sight.ts";
import type { RunFrame } from "./run-frame.ts";
import { decision, outputOf } from "./run-output.ts";
import { startOf } from "./start-of.ts";
import { throttleClaims } from "./throttle-claims.ts";
import type { Traceable } from "./turn-spans.ts";
import { awaitedKey } from "./waiting.ts";
import { zoneOfRun } from "./zone-of-run.ts";

/** A turn with what deliver gets if it is committed. */
export interface PlannedTurn extends Traceable {
  work: EventWork;
  turn: EventTurn;
  deliveries: Delivery[];
}

export type TurnServices = Pick<
  OrchestrateDependencies,
  "awaited" | "configuration" | "dataSchemas" | "ids" | "keyring" | "limits" | "lookBack" | "steps"
> & {
  tenants: TenantsInSight;
  /** Undefined where nothing was looked up: a run that needs it then waits for a turn of its own. */
  recent?: RecentInSight | undefined;
};

/** Plans the next turn of an event in one lane: up to `recipientsMax` recipients through every workflow of that lane. */
export function planEvent(
  work: EventWork,
  lane: Lane,
  people: PeopleInSight,
  recipientsMax: number,
  now: number,
  services: TurnServices,
): PlannedTurn {
  const { record, payload } = work;
  const page = work.page ?? namedPage(work, recipientsMax);
  const own = record.lane === lane;
  const awaiting = services.configuration.workflowsFor(record.environmentId, record.name);
  const all =
    payload.workflows === undefined ? awaiting : awaiting.filter(({ key }) => payload.workflows?.includes(key));
  const byLane = (workflow: Versioned<WorkflowBody>) =>
    services.configuration.laneOf(record.environmentId, workflow.document.category);
  const workflows = all.filter((workflow) => byLane(workflow) === lane);
  const first = own && record.cursor === 0;
  const expired = record.expiresAt !== null && record.expiresAt <= now;
  const isNamed = page.position === undefined;
  const namedDone = isNamed && page.cursor >= payload.recipients.length;
  const patterns = own ? services.awaited.awaitedAs(record.environmentId, record.name, now) : [];
  // Nobody is looked for in a topic where there is nothing to tell them, and none of them waits for the event.
  const isUseless = (expired || workflows.length === 0) && !patterns.some(({ sameRecipient }) => sameRecipient);
  const isLast = page.isLast || (isUseless && (namedDone || !isNamed));
  // Inline recipients are there for the other lanes once all of them are upserted, with the last turn of those that are named.
  const mayContinue = work.inline.length === 0 ? first : own && namedDone;
  const planned: PlannedTurn = {
    work,
    deliveries: [],
    turn: {
      eventId: record.id,
      environmentId: record.environmentId,
      lane,
      continuation: !own,
      cursor: record.cursor,
      now,
      progress: isLast ? { kind: "done" } : { kind: "continue", cursor: page.cursor, position: page.position ?? null },
      otherLanes: mayContinue
        ? lanes.filter((other) => other !== lane && all.some((workflow) => byLane(workflow) === other))
        : [],
      clearInline: own && namedDone,
      recipients: [],
      dedupe: [],
      throttles: [],
      joins: [],
      runs: [],
      messages: [],
      decisions: [],
    },
  };
  if (patterns.length > 0)
    planned.turn.arrivals = arrivalsOf(work, { ids: page.ids, isFirst: record.cursor === 0, patterns }, services);
  // Time may run out between the turns of one event, and before another lane's part of it: each part says so at its end.
  if (expired ? isLast : first && all.length === 0)
    recordUnstarted(planned, expired ? "expired" : "no_workflow", record.name, now);
  if (own && !expired) for (const { reason, detail } of page.unreached) recordUnstarted(planned, reason, detail, now);
  for (const id of page.ids) {
    const person = personOf(planned, people, id, own);
    if (!expired) for (const workflow of workflows) startRun(planned, workflow, id, person, lane, now, services);
  }
  claimDerived(planned, page.ids, services);
  if (services.lookBack.looksBack(record.environmentId))
    for (const message of planned.turn.messages) message.recalled = true;
  if (payload.audiences !== undefined || payload.campaign !== undefined)
    for (const message of planned.turn.messages) message.expanded = true;
  if (payload.campaign !== undefined && own)
    planned.turn.progressed = { looked: page.cursor - record.cursor, recipients: page.ids.length };
  return planned;
}

/** Counts what the turn makes where its event, or one that it sends, was sent by a step. */
function claimDerived({ turn, work }: PlannedTurn, recipients: readonly string[], services: TurnServices): void {
  const { descent } = work.record;
  const { environmentId, eventId, now, events = [] } = turn;
  const claim = derivedClaim({ environmentId, eventId, now, descent, events, recipients }, services.limits);
  if (claim !== undefined) turn.derived = claim;
}

/** Whether a run of the turn waits for an effect, whose workers are to look now. */
export function comesToEffect({ runs }: Pick<EventTurn, "runs">): boolean {
  return runs.some(({ effectKey: key }) => key !== null);
}

function recordUnstarted({ turn }: PlannedTurn, reason: string, detail: string, now: number): void {
  push(turn.decisions, {
    environmentId: turn.environmentId,
    eventId: turn.eventId,
    runId: "",
    recipient: "",
    workflow: "",
    workflowVersion: 0,
    step: "",
    channel: "",
    outcome: "not_started",
    reason,
    rule: "",
    versions: "",
    detail,
    at: now,
  });
}

/** Inline data is laid over what is known once, in the event's own lane. */
function personOf({ work, turn }: PlannedTurn, people: PeopleInSight, id: string, own: boolean): Person | undefined {
  const inline = own ? work.inline.find((recipient) => recipient.id === id) : undefined;
  if (inline !== undefined) {
    const write = people.upsert(turn.environmentId, inline, work.record.receivedAt);
    if (write !== undefined) push(turn.recipients, write);
  }
  return people.find(turn.environmentId, id);
}

/**
 * Where runs of one list of people belong among each other. The event's place in it is committed with the turn: one that is
 * planned again has the same. Who may be in several lists has one id for all of them, whichever they are reached by.
 */
function placeOfTurn({ cursor }: EventWork["record"], { recipients, audiences }: EventWork["payload"]) {
  return recipients.length === 0 && audiences?.length === 1 ? placeIn(cursor) : undefined;
}

/** A run as it begins. */
function frameOf(
  { record, payload }: EventWork,
  workflow: Versioned<WorkflowBody>,
  recipient: { id: string; tenant: string | undefined },
  lane: Lane,
  now: number,
  { ids }: TurnServices,
): RunFrame {
  const parts = ["run", record.id, workflow.key, recipient.id, String(record.generation)];
  const place = placeOfTurn(record, payload);
  return {
    id:
      place === undefined ? ids.derive(record.receivedAt, ...parts) : ids.deriveAt(record.receivedAt, place, ...parts),
    environmentId: record.environmentId,
    eventId: record.id,
    trace: record.trace,
    workflow,
    lane,
    tenant: record.tenant === "" ? (recipient.tenant ?? "") : record.tenant,
    expiresAt: record.expiresAt,
    baseTime: payload.scheduledAt ?? record.receivedAt,
    now,
    data: payload.data,
    journal: {},
    order: record.order,
    campaign: payload.campaign === undefined ? undefined : record.id,
  };
}

function startRun(
  planned: PlannedTurn,
  workflow: Versioned<WorkflowBody>,
  id: string,
  person: Person | undefined,
  lane: Lane,
  now: number,
  services: TurnServices,
): void {
  const { record, payload } = planned.work;
  const begun = frameOf(planned.work, workflow, { id, tenant: person?.profile.tenant }, lane, now, services);
  const { turn } = planned;
  if (person === undefined) {
    push(
      turn.decisions,
      decision(begun, id, { step: "", channel: "", outcome: "not_started", reason: "recipient_unknown", detail: "" }),
    );
    return;
  }
  const claim = dedupeClaim(begun, id, record.receivedAt);
  if (claim !== undefined) push(turn.dedupe, claim);
  const zone = () => zoneOfRun(begun, person, services);
  if (payload.campaign?.spread !== undefined) begun.startAt = startOf(begun, payload.campaign.spread, id, zone);
  const known = {
    data: payload.data,
    recipient: person.facts,
    messages: new Map(),
    journal: {},
    zone,
    recent: services.recent?.of(record.environmentId, id),
    baseTime: begun.startAt ?? begun.baseTime,
  };
  const plan = planRun(programOf(workflow.document), 0, known, services.steps);
  // What is more than messages begins in the recipient's turn.
  if (begun.startAt !== undefined && (plan.end.kind !== "done" || plan.throttles.length + plan.events.length > 0)) {
    push(turn.runs, runAt(begun, id, { kind: "wait", at: 0, dueAt: begun.startAt }, record.cancellationHash));
    return;
  }
  const frame = withResults(begun, plan);
  const facts = withResults(known, plan);
  for (const throttle of throttleClaims(frame, id, plan.throttles)) push(turn.throttles, throttle);
  const output = outputOf(frame, person, plan, facts, services);
  for (const message of output.messages) push(turn.messages, message);
  for (const made of output.decisions) push(turn.decisions, made);
  for (const join of output.joins) push(turn.joins, join);
  planned.deliveries.push(...output.deliveries);
  const { cancellationHash } = record;
  for (const left of output.watches)
    push(turn.runs, watchingRun(frame, id, left, { cancellationHash, gathers: false }, services.keyring));
  if (plan.events.length > 0) {
    const derived = derivedEvents({ frame, recipient: id, facts, from: { ...record, payload } }, plan.events, services);
    const events = turn.events ?? [];
    turn.events = events;
    for (const made of derived.events) push(events, made);
    for (const made of derived.decisions) push(turn.decisions, made);
  }
  if (plan.end.kind === "done") return;
  const { end } = plan;
  if (end.kind === "gather") {
    push(turn.joins, digestJoin(frame, person, end, record.receivedAt, services));
    return;
  }
  const run = runAt(frame, id, end, record.cancellationHash);
  run.journal = sealedResults(plan, record.environmentId, services.keyring) ?? null;
  if (end.kind === "await") run.awaited = awaitedKey(frame, id, record.tenant, end.wait);
  push(turn.runs, run);
}

function runAt(
  frame: RunFrame,
  recipient: string,
  end: Extract<RunPlan["end"], { kind: "wait" | "await" | "effect" }>,
  cancellationHash: string | null,
): NewRun {
  const waitsFor =
    end.kind === "effect"
      ? { dueAt: frame.baseTime, effectKey: effectKey(end.fetch, frame.tenant) }
      : { dueAt: end.dueAt };
  return newRun(frame, recipient, { step: end.at, cancellationHash, ...waitsFor });
}

/** The workflow's dedupe key, where the event has a value for it. */
function dedupeClaim(frame: RunFrame, recipient: string, receivedAt: number): DedupeClaim | undefined {
  const rule = frame.workflow.document.dedupe;
  if (rule === undefined) return undefined;
  const value = valueAt(frame.data, rule.key.split(".").slice(1));
  if (value === undefined) return undefined;
  const hash = createHash("sha256")
    .update(canonicalJson([frame.workflow.key, recipient, value]))
    .digest("hex")
    .slice(0, 32);
  return {
    environmentId: frame.environmentId,
    hash,
    runId: frame.id,
    now: receivedAt,
    expiresAt: receivedAt + rule.windowSeconds * 1000,
    decision: decision(frame, recipient, {
      step: "",
      channel: "",
      outcome: "not_started",
      reason: "deduplicated",
      detail: rule.key,
    }),
  };
}

/** A turn is read-only for everyone but its planner. */
function push<Item>(list: readonly Item[], item: Item): void {
  (list as Item[]).push(item);
}
