import {
  cancelBodySchema,
  type EventBody,
  type EventView,
  eventBatchBodySchema,
  eventBodySchema,
  type RunView,
} from "@tidings/contract/events";
import type { MessageView } from "@tidings/contract/messages";
import { changeNames } from "../domain/change-names.ts";
import { type EventPayload, openPayload } from "../domain/event-payload.ts";
import { TidingsError } from "../errors.ts";
import type { EventRow, MessageRow } from "../ports/store/log.ts";
import type { GenerationRow } from "../ports/store/replays.ts";
import { acceptChange, changeWriter } from "./changes-by-event.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { problemOf } from "./problem.ts";
import { body, idempotencyKey, idParameter } from "./validation.ts";
import { decisionView, iso, isoOrNone, messageView, orNone } from "./views.ts";

/** What replays have made of one event. */
const generationsShown = 100;

type EventDependencies = Pick<ApiDependencies, "ingest" | "store" | "keyring" | "limits" | "clock" | "ids">;

export function eventHandlers(dependencies: EventDependencies): Handlers {
  const { ingest, store, keyring, limits } = dependencies;
  return {
    sendEvent: async (request, { environmentId }) => {
      const event = body(eventBodySchema, request);
      const key = idempotencyKey(request);
      const trace = request.received?.trace;
      const { id } = changeNames.has(event.name)
        ? await acceptChange(dependencies, environmentId, event, key, trace)
        : await ingest.accept(environmentId, event, key, trace);
      request.received?.span?.set("tidings.event.id", id);
      // Ids need no escaping. This is the busiest route: a text costs Fastify no serialisation.
      return `{"id":"${id}"}`;
    },

    sendEvents: async (request, { environmentId }) => {
      if (request.headers["idempotency-key"] !== undefined) throw new TidingsError("idempotency_key_on_batch");
      const { events } = body(eventBatchBodySchema, request);
      const writerOf = (event: EventBody) => changeWriter(dependencies, environmentId, event);
      const outcomes = await ingest.acceptBatch(environmentId, events, writerOf, request.received?.trace);
      request.received?.span?.set("messaging.batch.message_count", events.length);
      let text = "";
      for (const outcome of outcomes) {
        if (text !== "") text += ",";
        text += "id" in outcome ? `{"id":"${outcome.id}"}` : JSON.stringify({ error: problemOf(outcome.error) });
      }
      return `{"results":[${text}]}`;
    },

    cancelEvents: (request, { environmentId }) =>
      ingest.cancel(environmentId, body(cancelBodySchema, request).cancellationKey),

    getEvent: async (request, { environmentId }) => {
      const id = idParameter(request);
      const row = await store.getEvent({ environmentId, id, limit: limits.eventMessagesShownMax });
      if (row === undefined) throw new TidingsError("not_found");
      const made = await store.generationsOf({ environmentId, id: row.id, limit: generationsShown });
      return { ...eventView(row, openPayload(row, environmentId, keyring)), ...generationFields(row, made) };
    },
  };
}

function generationFields({ id, generation }: EventRow, made: readonly GenerationRow[]): Partial<EventView> {
  const own = made.find((one) => one.id === id);
  if (own !== undefined) return { generation, replayOf: own.origin, replay: own.replay };
  if (made.length === 0) return {};
  return { generations: made.map((one) => ({ id: one.id, generation: one.generation, replay: one.replay })) };
}

const orNoList = (keys: string[] | undefined) => (keys?.length === 0 ? undefined : keys);

function eventView(row: EventRow, payload: EventPayload): EventView {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    lane: row.lane,
    tenant: orNone(row.tenant),
    actor: payload.actor,
    data: payload.data,
    recipients: payload.recipients,
    topics: orNoList(payload.audiences?.flatMap((each) => ("topic" in each ? each.topic : []))),
    segments: orNoList(payload.audiences?.flatMap((each) => ("segment" in each ? each.segment : []))),
    receivedAt: iso(row.receivedAt),
    scheduledAt: isoOrNone(payload.scheduledAt),
    expiresAt: isoOrNone(row.expiresAt),
    cancellationKey: payload.cancellationKey,
    orderingKey: payload.orderingKey,
    root: row.descent?.root,
    depth: row.descent?.depth,
    derived: row.derived,
    runs: runViews(row),
    messages: row.messages.filter((message) => message.runId === "").map(messageView),
    decisions: row.decisions.map(decisionView),
    truncated: row.truncated,
  };
}

/** A run that had to wait for nothing has no row of its own: its messages tell of it. */
function runViews(row: EventRow): RunView[] {
  const runs = new Map<string, RunView & { messages: MessageView[] }>();
  for (const { id, workflow, workflowVersion, recipient, state, dueAt } of row.runs) {
    runs.set(id, { id, workflow, workflowVersion, recipient, state, dueAt: isoOrNone(dueAt), messages: [] });
  }
  for (const message of row.messages) {
    if (message.runId === "") continue;
    const run = runs.get(message.runId) ?? runOf(message);
    run.messages.push(messageView(message));
    runs.set(message.runId, run);
  }
  return [...runs.values()];
}

function runOf({ runId, workflow, workflowVersion, recipient }: MessageRow): RunView {
  return { id: runId, workflow, workflowVersion, recipient, state: "completed", messages: [] };
}
