import { channelSchema } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import type { EventTurn, NewMessage, RecipientWrite } from "../../ports/store/orchestrate.ts";
import type { PlannedTurn } from "./event-turn.ts";
import type { PeopleInSight } from "./people.ts";
import type { Person } from "./person.ts";
import type { EventWork, OrchestrateDependencies } from "./ports.ts";

type Services = Pick<OrchestrateDependencies, "configuration">;

/**
 * A direct message: one recipient, their first address on the channel, no workflow. It has the event's id. Where it
 * cannot go out, its row says so: somebody holds that id and will ask.
 */
export function planDirect(
  work: EventWork,
  people: PeopleInSight,
  now: number,
  { configuration }: Services,
): PlannedTurn {
  const { record, payload } = work;
  const direct = payload.message;
  if (direct === undefined) throw new TypeError("a direct message without its content");
  const channel = channelSchema.parse(direct.channel);
  const id = payload.recipients[0] ?? "";
  const inline = work.inline[0];
  const write = inline === undefined ? undefined : people.upsert(record.environmentId, inline, record.receivedAt);
  const person = people.find(record.environmentId, id);
  const address = person?.secrets.addresses.find((candidate) => candidate.channel === channel);
  const template =
    direct.template === undefined ? undefined : configuration.currentTemplate(record.environmentId, direct.template);
  const expired = record.expiresAt !== null && record.expiresAt <= now;
  const fault = faultOf({
    known: person !== undefined,
    address: address !== undefined,
    template: direct.template === undefined || template !== undefined,
    expired,
  });
  const origin: MessageOrigin = {
    environmentId: record.environmentId,
    workflow: "",
    workflowVersion: 0,
    step: "",
    template: template?.key ?? "",
    templateVersion: template?.version ?? 0,
    channel,
    lane: record.lane,
    category: direct.category,
    tenant: record.tenant === "" ? (person?.profile.tenant ?? "") : record.tenant,
  };
  const message: NewMessage = {
    id: record.id,
    eventId: record.id,
    runId: "",
    origin,
    recipient: id,
    addressHash: address?.hash ?? "",
    state: fault === undefined ? "queued" : fault === "expired" ? "expired" : "failed",
    dueAt: fault === undefined ? now : null,
    createdAt: now,
    expiresAt: record.expiresAt,
    content: null,
    decisions: JSON.stringify([
      { outcome: fault === undefined ? "send" : "not_sent", reason: fault ?? "direct_message", at: now },
    ]),
    start: null,
  };
  const turn = directTurn(record, now, message, write);
  if (fault !== undefined || person === undefined || address === undefined) return { work, turn, deliveries: [] };
  return { work, turn, deliveries: [deliveryOf(work, message, person, address.value)] };
}

function deliveryOf({ record, payload }: EventWork, message: NewMessage, person: Person, to: string): Delivery {
  return {
    id: record.id,
    eventId: record.id,
    origin: message.origin,
    recipient: person.facts,
    to,
    content: payload.message?.content,
    data: payload.data,
    steps: undefined,
    trace: record.trace,
    createdAt: message.createdAt,
    expiresAt: record.expiresAt,
    attempts: 0,
    firstAttemptAt: null,
    last: undefined,
  };
}

function faultOf(facts: { known: boolean; address: boolean; template: boolean; expired: boolean }): string | undefined {
  if (facts.expired) return "expired";
  if (!facts.known) return "recipient_unknown";
  if (!facts.address) return "no_address";
  return facts.template ? undefined : "template_missing";
}

function directTurn(
  record: EventWork["record"],
  now: number,
  message: NewMessage,
  write: RecipientWrite | undefined,
): EventTurn {
  return {
    eventId: record.id,
    environmentId: record.environmentId,
    lane: record.lane,
    continuation: false,
    cursor: record.cursor,
    now,
    progress: { kind: "done" },
    otherLanes: [],
    clearInline: true,
    recipients: write === undefined ? [] : [write],
    dedupe: [],
    runs: [],
    messages: [message],
    decisions: [],
  };
}
