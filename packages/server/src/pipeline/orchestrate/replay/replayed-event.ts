import { type EventPayload, sealContext } from "../../../domain/event-payload.ts";
import { mostUrgent } from "../../../domain/most-urgent.ts";
import { eventPlace } from "../../../domain/order.ts";
import type { Selection } from "../../../domain/replay-selection.ts";
import type { Configuration } from "../../../ports/configuration.ts";
import type { Ids } from "../../../ports/ids.ts";
import type { EventRecord } from "../../../ports/store/orchestrate.ts";
import type { ReplayedEvent } from "../../../ports/store/replays.ts";
import type { OrchestrateKeyring } from "../ports.ts";
import type { ReadyEvent } from "./past-events.ts";

export interface ReplayedServices {
  ids: Ids;
  configuration: Pick<Configuration, "laneOf">;
  keyring: Pick<OrchestrateKeyring, "sealForEnvironment" | "hash">;
}

/**
 * A past event as it goes to workflows once more: an event of its own, which comes in now, so that its runs have ids, and its steps
 * times, of their own. It has no inline recipients: those were laid over what is known when the event came in.
 */
export function replayedEvent(
  { trace }: Pick<EventRecord, "trace">,
  { recipient }: Pick<Selection, "recipient">,
  { past, payload: before, workflows }: ReadyEvent,
  now: number,
  { ids, configuration, keyring }: ReplayedServices,
): ReplayedEvent {
  const { environmentId } = past;
  const { scheduledAt: _, campaign: __, ...payload } = before;
  const taken: EventPayload = { ...payload, workflows: workflows.map(({ key }) => key) };
  if (recipient !== undefined) {
    taken.recipients = [recipient];
    delete taken.audiences;
  }
  const id = ids.next();
  const event: ReplayedEvent = {
    id,
    environmentId,
    origin: past.id,
    generation: past.generation + 1,
    name: past.name,
    tenant: past.tenant,
    lane: mostUrgent(workflows.map(({ document }) => configuration.laneOf(environmentId, document.category))),
    receivedAt: now,
    expiresAt: past.expiresAt,
    cancellationHash: past.cancellationHash,
    payload: keyring.sealForEnvironment(environmentId, sealContext.payload, JSON.stringify(taken)),
    trace,
  };
  const { orderingKey } = taken;
  if (orderingKey !== undefined)
    event.order = { key: keyring.hash(environmentId, "ordering", orderingKey), place: eventPlace(id, now, now) };
  return event;
}
