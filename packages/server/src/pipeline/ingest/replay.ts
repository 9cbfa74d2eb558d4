import type { Fault } from "@tidings/contract/errors";
import type { ReplayBody } from "@tidings/contract/replays";
import { type EventPayload, sealContext } from "../../domain/event-payload.ts";
import type { ReplayDocument, Selection } from "../../domain/replay-selection.ts";
import { TidingsError } from "../../errors.ts";
import type { IdempotencyClaim, NewEvent } from "../../ports/store/ingest.ts";
import type { PrepareContext, Prepared } from "./prepare.ts";

/** Name of the event that stands for a replay. */
const replayName = "tidings.replay";

export interface ReplayLimits {
  replayedPerSecond: number;
  replayedPerSecondMax: number;
}

type SelectionContext = Pick<PrepareContext, "configuration" | "clock">;

/** What a body selects, up to now where it does not say until when. Throws `validation_failed`. */
export function selectionOf(
  context: SelectionContext,
  environmentId: number,
  body: ReplayBody,
  limits: ReplayLimits,
): Selection {
  const { events, names, from, to, tenant, recipient, workflows, perSecond = limits.replayedPerSecond } = body;
  const faults = referenceFaults(context, environmentId, body);
  if (perSecond > limits.replayedPerSecondMax)
    faults.push({ path: "perSecond", message: `must be at most ${limits.replayedPerSecondMax}` });
  if (faults.length > 0) throw new TidingsError("validation_failed", { faults });
  return {
    ...(events === undefined ? {} : { ids: [...new Set(events)].sort() }),
    ...(names === undefined ? {} : { names }),
    from: from === undefined ? 0 : Date.parse(from),
    to: to === undefined ? context.clock.now() : Math.min(Date.parse(to), context.clock.now()),
    ...(tenant === undefined ? {} : { tenant }),
    ...(recipient === undefined ? {} : { recipient }),
    ...(workflows === undefined ? {} : { workflows }),
    perSecond: Math.min(perSecond, limits.replayedPerSecondMax),
  };
}

/** A replay is an event without recipients, by whose turns it goes on, with a row in which its progress is kept. */
export function prepareReplay(
  context: PrepareContext,
  environmentId: number,
  body: ReplayBody,
  limits: ReplayLimits,
  idempotency: IdempotencyClaim | null,
  trace: string | undefined,
): Prepared {
  const selection = selectionOf(context, environmentId, body, limits);
  const now = context.clock.now();
  const payload: EventPayload = { data: {}, recipients: [], selection };
  const { ids, ...shown } = selection;
  const document: ReplayDocument = { ...shown, ...(ids === undefined ? {} : { events: ids.length }) };
  const event: NewEvent = {
    id: context.ids.next(),
    environmentId,
    kind: "replay",
    name: replayName,
    tenant: "",
    // What it makes goes in lanes of its own; the work of making it gives way to all else.
    lane: "marketing",
    receivedAt: now,
    dueAt: now,
    expiresAt: null,
    cancellationHash: null,
    generation: 0,
    cursor: 0,
    position: null,
    payload: context.keyring.sealForEnvironment(environmentId, sealContext.payload, JSON.stringify(payload)),
    inline: null,
    idempotency,
    trace: trace ?? null,
    turn: null,
    replayed: { document: JSON.stringify(document) },
  };
  return { event, payload, inline: [], bytes: event.payload.length, crowd: undefined };
}

/** A replay that would reach no workflow is a mistake. */
function referenceFaults(
  { configuration, clock }: SelectionContext,
  environmentId: number,
  { names, from, workflows }: ReplayBody,
): Fault[] {
  // Which names events have that are given by their ids is told when they are read.
  if (names === undefined) return [];
  const faults: Fault[] = [];
  const awaited = names.map((name) => configuration.workflowsFor(environmentId, name).map(({ key }) => key));
  if (awaited.every((keys) => keys.length === 0))
    faults.push({ path: "names", message: "no workflow awaits any of them" });
  for (const [index, key] of (workflows ?? []).entries())
    if (!awaited.some((keys) => keys.includes(key)))
      faults.push({
        path: `workflows[${index}]`,
        message: "there is no such workflow, or it awaits none of these events",
      });
  if (from !== undefined && Date.parse(from) > clock.now()) faults.push({ path: "from", message: "is in the future" });
  return faults;
}
