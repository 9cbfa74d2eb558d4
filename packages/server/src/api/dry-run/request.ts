import type { DryRunBody } from "@tidings/contract/dry-runs";
import type { InlineRecipient } from "@tidings/contract/recipients";
import { type WorkflowBody, workflowBodySchema } from "@tidings/contract/workflows";
import { type EventPayload, openPayload } from "../../domain/event-payload.ts";
import { TidingsError } from "../../errors.ts";
import type { Versioned } from "../../ports/configuration.ts";
import type { DryRunRequest } from "../../ports/dry-run.ts";
import type { EventRow } from "../../ports/store/log.ts";
import type { GivenSet } from "../prepared-set.ts";
import type { DryRunParts } from "./parts.ts";

/** What is to be tried, with what it refers to. Throws `not_found`, and `validation_failed` with the place of each fault. */
export async function requestOf(
  parts: DryRunParts,
  environmentId: number,
  key: string,
  wanted: DryRunBody,
): Promise<DryRunRequest> {
  const workflow = await workflowOf(parts, environmentId, key, wanted);
  await checkTried(parts, environmentId, workflow, wanted);
  const past = wanted.event === undefined ? undefined : await pastEvent(parts, environmentId, wanted.event);
  const scheduledAt = timeOf(wanted.scheduledAt) ?? past?.payload.scheduledAt;
  return {
    workflow,
    category: wanted.category,
    policy: wanted.policy,
    event: {
      id: past?.row.id,
      name: past?.row.name ?? workflow.document.event ?? key,
      tenant: wanted.tenant ?? past?.row.tenant ?? "",
      scheduledAt,
      expiresAt: timeOf(wanted.expiresAt) ?? past?.row.expiresAt ?? null,
      data: past?.payload.data ?? wanted.data ?? {},
      spread: past?.payload.campaign?.spread,
      isOrdered: past?.payload.orderingKey !== undefined,
    },
    ...(wanted.recipients === undefined ? recipientsOfPast(past?.payload) : recipientsOf(wanted.recipients)),
    now: timeOf(wanted.at) ?? past?.row.receivedAt ?? parts.clock.now(),
    assume: {
      messages: wanted.assume?.messages ?? {},
      fetches: wanted.assume?.fetches ?? {},
      arrivals: wanted.assume?.arrivals ?? {},
    },
  };
}

type Audience = Pick<DryRunRequest, "recipients" | "audiences" | "inline">;

function recipientsOfPast({
  recipients,
  audiences,
}: Pick<EventPayload, "recipients" | "audiences"> = nobody): Audience {
  return { recipients, audiences: audiences ?? [], inline: [] };
}

const nobody = { recipients: [], audiences: undefined };

/** Each once: those who are named, then topics, then segments, as an event has them. */
function recipientsOf(given: NonNullable<DryRunBody["recipients"]>): Audience {
  const ids = new Set<string>();
  const topics = new Set<string>();
  const segments = new Set<string>();
  const inline: InlineRecipient[] = [];
  for (const one of given) {
    if (typeof one === "string") ids.add(one);
    else if ("topic" in one) topics.add(one.topic);
    else if ("segment" in one) segments.add(one.segment);
    else {
      ids.add(one.id);
      inline.push(one);
    }
  }
  const audiences = [...[...topics].map((topic) => ({ topic })), ...[...segments].map((segment) => ({ segment }))];
  return { recipients: [...ids], audiences, inline };
}

const timeOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

export async function workflowOf(
  { configuration }: DryRunParts,
  environmentId: number,
  key: string,
  { workflow, version }: Pick<DryRunBody, "workflow" | "version">,
): Promise<Versioned<WorkflowBody>> {
  if (workflow !== undefined) return { environmentId, key, version: 0, document: workflow };
  const at = version === undefined ? {} : { version };
  const row = await configuration.store.getConfiguration({ environmentId, kind: "workflow", key, ...at });
  if (row === undefined || row.deleted) throw new TidingsError("not_found");
  return { environmentId, key, version: row.version, document: workflowBodySchema.parse(JSON.parse(row.document)) };
}

/** What is not published is checked as if it were to be. */
export async function checkTried(
  { configuration }: DryRunParts,
  environmentId: number,
  { key, document }: Versioned<WorkflowBody>,
  { workflow, category, policy }: Pick<DryRunBody, "workflow" | "category" | "policy">,
): Promise<void> {
  const documents: GivenSet["documents"] = [
    ...(category === undefined ? [] : [{ kind: "category" as const, key: document.category, document: category }]),
    ...(policy === undefined ? [] : [{ kind: "policy" as const, key: "environment", document: policy }]),
    ...(workflow === undefined ? [] : [{ kind: "workflow" as const, key, document: workflow }]),
  ];
  if (documents.length === 0) return;
  const { faults } = await configuration.writer.check(environmentId, { documents });
  if (faults.length === 0) return;
  throw new TidingsError("validation_failed", {
    faults: faults.map(({ kind, path, message }) => ({ path: path === "" ? kind : `${kind}.${path}`, message })),
  });
}

async function pastEvent(
  { store, keyring }: DryRunParts,
  environmentId: number,
  id: string,
): Promise<{ row: EventRow; payload: EventPayload }> {
  const row = await store.getEvent({ environmentId, id, limit: 1 });
  if (row === undefined) throw faultOfEvent("there is no such event");
  if (row.kind === "message") throw faultOfEvent("is a direct message, which goes through no workflow");
  return { row, payload: openPayload(row, environmentId, keyring) };
}

const faultOfEvent = (message: string) =>
  new TidingsError("validation_failed", { faults: [{ path: "event", message }] });
