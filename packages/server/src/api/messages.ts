import { type MessageView, messageBodySchema, messageQuerySchema } from "@tidings/contract/messages";
import { channelSchema, type EventState, type MessageState } from "@tidings/contract/words";
import { type EventPayload, openPayload } from "../domain/event-payload.ts";
import { TidingsError } from "../errors.ts";
import type { EventRow } from "../ports/store/log.ts";
import { checkAttachments } from "./attachments.ts";
import { cursorOf, idPosition, positionOf } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, idempotencyKey, idParameter, valid } from "./validation.ts";
import { decisionView, iso, isoOrNone, messageView, orNone } from "./views.ts";

const pageDefault = 50;

type MessageDependencies = Pick<ApiDependencies, "ingest" | "store" | "keyring" | "limits">;

export function messageHandlers({ ingest, store, keyring, limits }: MessageDependencies): Handlers {
  return {
    sendMessage: async (request, { environmentId }) => {
      const message = body(messageBodySchema, request);
      checkAttachments(message, limits.messageAttachmentsBytesMax);
      const key = idempotencyKey(request);
      const { id } = await ingest.acceptMessage(environmentId, message, key, request.received?.trace);
      request.received?.span?.set("tidings.event.id", id);
      return `{"id":"${id}"}`;
    },

    listMessages: async (request, { environmentId }) => {
      const { cursor, limit, event, ...filter } = valid(messageQuerySchema, request.query);
      const page = await store.listMessages({
        environmentId,
        ...filter,
        eventId: event,
        before: positionOf(cursor, idPosition),
        limit: limit ?? pageDefault,
      });
      return {
        items: page.items.map(messageView),
        nextCursor: page.next === undefined ? undefined : cursorOf(page.next),
      };
    },

    getMessage: async (request, { environmentId }) => {
      const id = idParameter(request);
      const row = await store.getMessage({ environmentId, id });
      if (row !== undefined) return messageView(row);
      const event = await store.getEvent({ environmentId, id, limit: 1 });
      if (event?.kind !== "message") throw new TidingsError("not_found");
      const first = event.messages[0];
      if (first !== undefined) return messageView(first);
      return undividedMessage(event, openPayload(event, environmentId, keyring));
    },
  };
}

const stateOf: Record<EventState, MessageState> = {
  accepted: "queued",
  done: "failed",
  canceled: "canceled",
  dead: "dead",
};

/** A direct message that has no row: orchestrate has not come to it yet, or found nobody to send it to. */
function undividedMessage(event: EventRow, payload: EventPayload): MessageView {
  const decision = event.decisions[0];
  return {
    id: event.id,
    event: event.id,
    template: payload.message?.template,
    channel: channelSchema.parse(payload.message?.channel),
    lane: event.lane,
    category: payload.message?.category ?? "",
    tenant: orNone(event.tenant),
    recipient: payload.recipients[0] ?? "",
    state: stateOf[event.state],
    reason: event.state === "accepted" ? undefined : decision?.reason,
    createdAt: iso(event.receivedAt),
    dueAt: isoOrNone(event.dueAt),
    expiresAt: isoOrNone(event.expiresAt),
    attempts: [],
    decisions: event.decisions.map((decision) => decisionView(decision)),
  };
}
