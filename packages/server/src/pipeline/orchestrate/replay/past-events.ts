import type { WorkflowBody } from "@tidings/contract/workflows";
import { type EventPayload, openPayload } from "../../../domain/event-payload.ts";
import type { Selection } from "../../../domain/replay-selection.ts";
import { type SkipReason, skipOf } from "../../../domain/replay-skip.ts";
import { firstIdOf } from "../../../lib/ids.ts";
import type { Configuration, Versioned } from "../../../ports/configuration.ts";
import type { DataSchemas } from "../../../ports/data-schemas.ts";
import type { PastEvent, ReplayStore } from "../../../ports/store/replays.ts";
import type { OrchestrateKeyring } from "../ports.ts";

export interface PastServices {
  store: Pick<ReplayStore, "pastEvents" | "pastEventsById">;
  configuration: Pick<Configuration, "workflowsFor">;
  keyring: Pick<OrchestrateKeyring, "unsealForEnvironment">;
  dataSchemas: Pick<DataSchemas, "dataFaults">;
}

/** A past event that may go to workflows once more. */
export interface ReadyEvent {
  past: PastEvent;
  payload: EventPayload;
  workflows: readonly Versioned<WorkflowBody>[];
}

/** A page of past events, in their order. */
export interface LookedAt {
  selected: readonly Pick<PastEvent, "name">[];
  ready: readonly ReadyEvent[];
  skipped: ReadonlyMap<SkipReason, number>;
  /** Id of the event behind which to go on; undefined at the end. */
  next: string | undefined;
}

export interface LookBounds {
  now: number;
  /** Rows that are looked at, and events that are taken of them. */
  lookedMax: number;
  limit: number;
  /** What becomes of events that steps have sent; left out, they are skipped where what led to them may be selected too. */
  derived?: "taken";
}

/** Looks at the selected events behind an id, the first where that is null, and tells which may go. */
export async function lookAtPast(
  environmentId: number,
  selection: Selection,
  after: string | null,
  bounds: LookBounds,
  services: PastServices,
): Promise<LookedAt> {
  const { events, missing, next } = await pageOf(environmentId, selection, after, bounds, services);
  const selected: PastEvent[] = [];
  const ready: ReadyEvent[] = [];
  const skipped = new Map<SkipReason, number>();
  const skip = (reason: SkipReason, count = 1) => skipped.set(reason, (skipped.get(reason) ?? 0) + count);
  if (missing > 0) skip("not_found", missing);
  for (const past of events) {
    const payload = opened(past, services);
    // Whom it names cannot be told of one that does not open.
    if (selection.recipient !== undefined && payload?.recipients.includes(selection.recipient) !== true) continue;
    selected.push(past);
    // Named by its id, it is meant itself.
    const isAgain = past.isDerived && selection.ids === undefined && bounds.derived !== "taken";
    const reason = isAgain ? "derived" : skipOf(past, bounds.now);
    const judged = reason ?? (payload === undefined ? "unreadable" : workflowsOf(past, payload, selection, services));
    if (typeof judged === "string") skip(judged);
    else if (payload !== undefined) ready.push({ past, payload, workflows: judged });
  }
  return { selected, ready, skipped, next };
}

async function pageOf(
  environmentId: number,
  { ids, names, from, to, tenant }: Selection,
  after: string | null,
  { lookedMax, limit }: LookBounds,
  { store }: PastServices,
): Promise<{ events: readonly PastEvent[]; missing: number; next: string | undefined }> {
  if (ids === undefined) {
    const bounds = { after: after ?? firstIdOf(from), before: firstIdOf(to) };
    return { ...(await store.pastEvents({ environmentId, ...bounds, names, tenant, lookedMax, limit })), missing: 0 };
  }
  const left = after === null ? ids : ids.filter((id) => id > after);
  const asked = left.slice(0, limit);
  const found = await store.pastEventsById({ environmentId, ids: asked });
  const events = tenant === undefined ? found : found.filter((event) => event.tenant === tenant);
  return { events, missing: asked.length - found.length, next: left.length > limit ? asked.at(-1) : undefined };
}

function opened(past: PastEvent, { keyring }: PastServices): EventPayload | undefined {
  try {
    return openPayload(past, past.environmentId, keyring);
  } catch {
    return undefined;
  }
}

/** The workflows that it goes to, or why there are none. */
function workflowsOf(
  { environmentId, name }: PastEvent,
  { data }: EventPayload,
  selection: Selection,
  { configuration, dataSchemas }: PastServices,
): readonly Versioned<WorkflowBody>[] | "no_workflow" | "data_refused" {
  const awaiting = configuration
    .workflowsFor(environmentId, name)
    .filter(({ key }) => selection.workflows === undefined || selection.workflows.includes(key));
  if (awaiting.length === 0) return "no_workflow";
  // Their schemas may be newer than the event is.
  const taking = awaiting.filter(
    ({ document }) => document.data === undefined || dataSchemas.dataFaults(document.data, data).length === 0,
  );
  return taking.length === 0 ? "data_refused" : taking;
}
