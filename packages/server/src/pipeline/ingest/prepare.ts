import type { Fault } from "@tidings/contract/errors";
import type { EventBody } from "@tidings/contract/events";
import type { MessageBody } from "@tidings/contract/messages";
import type { InlineRecipient } from "@tidings/contract/recipients";
import { type Lane, lanes } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import { type EventPayload, sealContext } from "../../domain/event-payload.ts";
import { answerCategory, type KeywordAnswer } from "../../domain/keyword-answer.ts";
import { eventPlace } from "../../domain/order.ts";
import { TidingsError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Configuration, Versioned } from "../../ports/configuration.ts";
import type { DataSchemas } from "../../ports/data-schemas.ts";
import type { Ids } from "../../ports/ids.ts";
import type { IdempotencyClaim, NewEvent } from "../../ports/store/ingest.ts";
import { recipientsOf } from "./recipients.ts";
import { type Scheduled, type Times, timesOf } from "./times.ts";

/** What ingest needs of the keyring. */
export interface IngestKeyring {
  sealForEnvironment(environmentId: number, context: string, text: string): string;
  hash(environmentId: number, ...parts: string[]): string;
}

type StartedWorkflow = Versioned<WorkflowBody>;

export interface PrepareContext {
  configuration: Configuration;
  dataSchemas: Pick<DataSchemas, "dataFaults">;
  keyring: IngestKeyring;
  clock: Clock;
  ids: Ids;
}

/** An event, ready for the store, beside what was sealed in it: the next stage is handed that in memory. */
export interface Prepared {
  event: NewEvent;
  payload: EventPayload;
  inline: InlineRecipient[];
  bytes: number;
  /** Where its messages have to wait behind others. */
  crowd: { readonly crowded: boolean } | undefined;
}

interface Shared extends Scheduled {
  tenant?: string | undefined;
  cancellationKey?: string | undefined;
}

/** Name of the event that stands for a direct message. */
const directName = "tidings.message";

/** Throws `validation_failed`; `prefix` stands before the paths of faults, such as `events[3]`. */
export function prepareEvent(
  context: PrepareContext,
  environmentId: number,
  body: EventBody,
  idempotency: IdempotencyClaim | null,
  trace: string | undefined,
  prefix = "",
  campaign?: EventPayload["campaign"],
): Prepared {
  const now = context.clock.now();
  const times = timesOf(body, now, prefix);
  const { ids, inline, topics, segments } = recipientsOf(body.recipients);
  const payload: EventPayload = { data: body.data ?? {}, recipients: ids };
  // Segments come last: whoever is in a topic too is told apart by a look into its subscriptions.
  if (topics.length + segments.length > 0)
    payload.audiences = [...topics.map((topic) => ({ topic })), ...segments.map((segment) => ({ segment }))];
  if (campaign !== undefined) payload.campaign = campaign;
  if (body.actor !== undefined) payload.actor = body.actor;
  if (body.orderingKey !== undefined) payload.orderingKey = body.orderingKey;
  const workflows = context.configuration.workflowsFor(environmentId, body.name);
  checkData(context.dataSchemas, workflows, payload.data, prefix);
  const lane = laneOf(context.configuration, environmentId, workflows);
  return finish(context, {
    environmentId,
    kind: "event",
    name: body.name,
    lane,
    body,
    now,
    times,
    payload,
    inline,
    idempotency,
    trace,
  });
}

export function prepareMessage(
  context: PrepareContext,
  environmentId: number,
  body: MessageBody,
  idempotency: IdempotencyClaim | null,
  trace: string | undefined,
): Prepared {
  const now = context.clock.now();
  const times = timesOf(body, now, "");
  const faults = referenceFaults(context.configuration, environmentId, body);
  if (faults.length > 0) throw new TidingsError("validation_failed", { faults });
  const { ids, inline } = recipientsOf([body.to]);
  const { channel, category, template, content } = body;
  const payload: EventPayload = {
    data: body.data ?? {},
    recipients: ids,
    message: {
      channel,
      category,
      ...(template === undefined ? {} : { template }),
      ...(content === undefined ? {} : { content }),
    },
  };
  const lane = context.configuration.laneOf(environmentId, category);
  return finish(context, {
    environmentId,
    kind: "message",
    name: directName,
    lane,
    body,
    now,
    times,
    payload,
    inline,
    idempotency,
    trace,
  });
}

/** A word that came in by SMS is answered. */
export function prepareAnswer(
  context: PrepareContext,
  environmentId: number,
  { recipient, tenant, text, expiresAt, ...answers }: KeywordAnswer,
  idempotency: IdempotencyClaim | null,
): Prepared {
  const now = context.clock.now();
  const payload: EventPayload = {
    data: {},
    recipients: [recipient],
    message: { channel: "sms", category: answerCategory, content: { text }, answers },
  };
  return finish(context, {
    environmentId,
    kind: "message",
    name: directName,
    lane: "transactional",
    body: tenant === "" ? {} : { tenant },
    now,
    times: { scheduledAt: undefined, expiresAt },
    payload,
    inline: [],
    idempotency,
    trace: undefined,
  });
}

interface Draft {
  environmentId: number;
  kind: NewEvent["kind"];
  name: string;
  lane: Lane;
  body: Shared;
  now: number;
  times: Times;
  payload: EventPayload;
  inline: InlineRecipient[];
  idempotency: IdempotencyClaim | null;
  trace: string | undefined;
}

function finish({ keyring, ids }: PrepareContext, draft: Draft): Prepared {
  const { environmentId, body, now, times, payload, inline } = draft;
  const key = body.cancellationKey;
  if (key !== undefined) payload.cancellationKey = key;
  if (times.scheduledAt !== undefined) payload.scheduledAt = times.scheduledAt;
  const sealed = keyring.sealForEnvironment(environmentId, sealContext.payload, JSON.stringify(payload));
  const sealedInline =
    inline.length === 0 ? null : keyring.sealForEnvironment(environmentId, sealContext.inline, JSON.stringify(inline));
  const id = ids.next();
  // A time that has passed means now: ids carry it, and must sort where the event came in.
  const dueAt = Math.max(now, times.scheduledAt ?? now);
  const event: NewEvent = {
    id,
    environmentId,
    kind: draft.kind,
    name: draft.name,
    tenant: body.tenant ?? "",
    lane: draft.lane,
    receivedAt: now,
    dueAt,
    expiresAt: times.expiresAt,
    cancellationHash: key === undefined ? null : cancellationHash(keyring, environmentId, key),
    generation: 0,
    cursor: 0,
    position: null,
    payload: sealed,
    inline: sealedInline,
    idempotency: draft.idempotency,
    trace: draft.trace ?? null,
    turn: null,
  };
  const { orderingKey } = payload;
  if (orderingKey !== undefined)
    event.order = { key: keyring.hash(environmentId, "ordering", orderingKey), place: eventPlace(id, now, dueAt) };
  return { event, payload, inline, bytes: sealed.length + (sealedInline?.length ?? 0), crowd: undefined };
}

export function cancellationHash(keyring: IngestKeyring, environmentId: number, cancellationKey: string): string {
  return keyring.hash(environmentId, "cancellation", cancellationKey);
}

/** The most urgent lane among the workflows that it starts. */
function laneOf(configuration: Configuration, environmentId: number, workflows: readonly StartedWorkflow[]): Lane {
  let best: number = lanes.length;
  for (const workflow of workflows) {
    best = Math.min(best, lanes.indexOf(configuration.laneOf(environmentId, workflow.document.category)));
  }
  return lanes[best] ?? "transactional";
}

/** Throws `validation_failed` where a workflow that it starts says otherwise of the event's data. */
function checkData(
  schemas: PrepareContext["dataSchemas"],
  workflows: readonly StartedWorkflow[],
  data: EventPayload["data"],
  prefix: string,
): void {
  for (const { document } of workflows) {
    if (document.data === undefined) continue;
    const faults = schemas.dataFaults(document.data, data);
    if (faults.length === 0) continue;
    const parent = prefix === "" ? "data" : `${prefix}.data`;
    throw new TidingsError("validation_failed", {
      faults: faults.map(({ path, message }) => ({ path: joined(parent, path), message })),
    });
  }
}

function joined(parent: string, path: string): string {
  return path === "" || path.startsWith("[") ? `${parent}${path}` : `${parent}.${path}`;
}

function referenceFaults(configuration: Configuration, environmentId: number, body: MessageBody): Fault[] {
  const faults: Fault[] = [];
  if (configuration.category(environmentId, body.category) === undefined) {
    faults.push({ path: "category", message: "there is no such category" });
  }
  if (body.template !== undefined) {
    const template = configuration.currentTemplate(environmentId, body.template);
    if (template === undefined) faults.push({ path: "template", message: "there is no such template" });
    else if (template.document[body.channel] === undefined) {
      faults.push({ path: "template", message: `has no content for ${body.channel}` });
    }
  }
  return faults;
}
