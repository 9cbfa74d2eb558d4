import { channelSchema } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import type { SendTime } from "../../domain/send-time.ts";
import type { StepFacts } from "../../domain/steps/step-kind.ts";
import type { EventTurn, NewMessage, RecipientWrite } from "../../ports/store/orchestrate.ts";
import { attentionOf } from "./attention.ts";
import { addressed, addressOf, reasonOf } from "./direct-answer.ts";
import { fateOf, faultOf } from "./direct-fate.ts";
import type { PlannedTurn } from "./event-turn.ts";
import { noWrites } from "./no-writes.ts";
import type { PeopleInSight } from "./people.ts";
import type { Person } from "./person.ts";
import { judge, type PolicyServices } from "./policy.ts";
import type { EventWork, OrchestrateDependencies } from "./ports.ts";
import { sunsetOf } from "./sunset.ts";
import { timingOf } from "./timing.ts";

type Services = PolicyServices & Pick<OrchestrateDependencies, "configuration" | "limits" | "lookBack">;

/**
 * A direct message: one recipient, their first address on the channel, no workflow. It has the event's id. Where it
 * cannot go out, its row says so: somebody holds that id and will ask. One that answers a word goes to the number that said it, at once,
 * and asks for no place under a cap: it is waited for.
 */
export function planDirect(work: EventWork, people: PeopleInSight, now: number, services: Services): PlannedTurn {
  const { configuration } = services;
  const { record, payload } = work;
  const direct = payload.message;
  if (direct === undefined) throw new TypeError("a direct message without its content");
  const channel = channelSchema.parse(direct.channel);
  const id = payload.recipients[0] ?? "";
  const inline = work.inline[0];
  const write = inline === undefined ? undefined : people.upsert(record.environmentId, inline, record.receivedAt);
  const person = people.find(record.environmentId, id);
  const { answers } = direct;
  const address = person && addressOf(direct, person);
  const template =
    direct.template === undefined ? undefined : configuration.currentTemplate(record.environmentId, direct.template);
  const expired = record.expiresAt !== null && record.expiresAt <= now;
  const tenant = record.tenant === "" ? (person?.profile.tenant ?? "") : record.tenant;
  const { environmentId, lane } = record;
  const wanted = { environmentId, channel, category: direct.category, class: lane, workflow: "", tenant };
  const judged =
    person && judge({ ...wanted, facts: factsOf(payload.data, person, record.receivedAt) }, person, services);
  const fault = faultOf({
    known: person !== undefined,
    address: address !== undefined,
    template: direct.template === undefined || template !== undefined,
    expired,
    verdict: judged?.verdict,
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
    tenant,
  };
  // Whoever has just written is awake, and waits for the answer.
  const calm = answers === undefined ? person : undefined;
  const timing: SendTime =
    fault !== undefined || calm === undefined
      ? { outcome: "now" }
      : timingOf(services, { ...origin, id: record.id, now, expiresAt: record.expiresAt }, calm);
  const fate = fateOf(fault, timing, judged, { now, because: reasonOf(direct) });
  const guarded = fate.dueAt === null ? undefined : calm;
  const message: NewMessage = {
    id: record.id,
    eventId: record.id,
    runId: "",
    origin,
    recipient: id,
    ...addressed(channel, address),
    state: fate.state,
    dueAt: fate.dueAt,
    createdAt: now,
    expiresAt: record.expiresAt,
    content: null,
    decisions: fate.decisions,
    start: null,
    claim: guarded === undefined ? null : attentionOf(services, origin, false, guarded),
    sunset: guarded && sunsetOf(configuration, origin, guarded, false),
  };
  if (answers?.stoppedAt !== undefined) message.confirmsStop = answers.stoppedAt;
  if (services.lookBack.looksBack(environmentId)) message.recalled = true;
  const turn = directTurn(record, now, message, write);
  if (fate.dueAt !== now || person === undefined || address === undefined) return { work, turn, deliveries: [] };
  return { work, turn, deliveries: [deliveryOf(work, message, person, address.value)] };
}

function deliveryOf({ record, payload }: EventWork, message: NewMessage, person: Person, to: string): Delivery {
  return {
    id: record.id,
    eventId: record.id,
    origin: message.origin,
    recipient: person.facts,
    to,
    addressKnownSince: person.updatedAt,
    content: payload.message?.content,
    data: payload.data,
    steps: undefined,
    trace: record.trace,
    createdAt: message.createdAt,
    expiresAt: record.expiresAt,
    attempts: 0,
    firstAttemptAt: null,
    last: undefined,
    via: payload.message?.answers?.integration,
  };
}

/** What conditions of preferences read: there is no run, and so no earlier step. */
function factsOf(data: Record<string, unknown>, person: Person, receivedAt: number): StepFacts {
  return { data, recipient: person.facts, messages: new Map(), journal: {}, baseTime: receivedAt };
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
    ...noWrites,
    clearInline: true,
    recipients: write === undefined ? [] : [write],
    messages: [message],
  };
}
