import type { DryRunRequest } from "../../../ports/dry-run.ts";
import type { HistorySide } from "../../../ports/histories.ts";
import type { ReadyEvent } from "../replay/past-events.ts";

/** Whom a past event goes to. */
export const audienceOf = ({ payload: { recipients, audiences = [] } }: Pick<ReadyEvent, "payload">) => ({
  recipients,
  audiences,
});

/** A past event as it came in. Its inline recipients are among those who are known now. */
export function pastRequest(ready: ReadyEvent, given: HistorySide): DryRunRequest {
  const { past: event, payload } = ready;
  return {
    ...given,
    event: {
      id: event.id,
      name: event.name,
      tenant: event.tenant,
      scheduledAt: payload.scheduledAt,
      expiresAt: event.expiresAt,
      data: payload.data,
      spread: payload.campaign?.spread,
      isOrdered: payload.orderingKey !== undefined,
    },
    ...audienceOf(ready),
    inline: [],
    now: event.receivedAt,
    assume: { messages: {}, fetches: {}, arrivals: {} },
  };
}
