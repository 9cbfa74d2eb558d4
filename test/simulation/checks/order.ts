import type { Cast } from "../cast.ts";
import { workflows } from "../documents.ts";
import type { LoggedMessage } from "../ledger.ts";
import type { Intent } from "../scenario.ts";
import type { EndFacts, EventFact } from "./facts.ts";

interface Ordered {
  message: LoggedMessage;
  event: EventFact;
}

/** What goes out of an ordering key goes out in its order; of a collapse key the newest goes out. */
export function checkOrder(cast: Cast, facts: EndFacts): void {
  const events = new Map(facts.events.map((event) => [event.id, event]));
  const all = [...cast.ledger.messages.values()].flatMap((message): Ordered[] => {
    const event = events.get(message.eventId);
    return event === undefined ? [] : [{ message, event }];
  });
  for (const line of grouped(all, lineOf)) checkLine(cast, line);
  for (const group of grouped(all, collapseOf)) checkCollapse(cast, facts, group);
}

function grouped(all: readonly Ordered[], nameOf: (one: Ordered) => string | undefined): Ordered[][] {
  const groups = new Map<string, Ordered[]>();
  for (const one of all) {
    const name = nameOf(one);
    if (name === undefined) continue;
    const own = groups.get(name);
    if (own === undefined) groups.set(name, [one]);
    else own.push(one);
  }
  return [...groups.values()];
}

function lineOf({ message, event }: Ordered): string | undefined {
  const key = event.posted.intent.body.orderingKey;
  return key === undefined ? undefined : `${key} ${message.recipient} ${message.channel}`;
}

function collapseOf({ message, event }: Ordered): string | undefined {
  const step = workflows[message.workflow]?.steps.find(({ id }) => id === message.step);
  if (step?.collapseKey === undefined) return undefined;
  const { workflow, recipient, channel, hash } = message;
  return [workflow, recipient, channel, hash, String(amountOf(event.posted.intent))].join(" ");
}

const amountOf = ({ body }: Intent): unknown => body.data?.["amount"];

/** Events that were durable when a message of a later one started had nothing open in front of it, and made nothing after that. */
function checkLine({ world, ledger }: Cast, line: readonly Ordered[]): void {
  for (const later of line) {
    for (const earlier of line) {
      if (!(placeOf(earlier.event) < placeOf(later.event))) continue;
      const durable = ledger.events.get(earlier.event.id)?.sequence ?? Number.POSITIVE_INFINITY;
      const over = settledAt(earlier.message);
      for (const { sequence, number } of later.message.attempts)
        if (durable < sequence && over > sequence)
          world.violate("order-is-kept", `${later.message.id}#${number} started before ${earlier.message.id} was over`);
    }
  }
}

/** A scheduled event has its place when its time comes. */
function placeOf({ id, receivedAt, posted }: EventFact): string {
  const at = Math.max(receivedAt, posted.intent.scheduledAt ?? 0);
  return `${String(at).padStart(15, "0")} ${id}`;
}

/** Place in the log at which a message was over. */
function settledAt({ moves, sequence, state }: LoggedMessage): number {
  const end = moves.find(({ to }) => to !== "queued" && to !== "sending");
  if (end !== undefined) return end.sequence;
  return state === "queued" || state === "sending" ? Number.POSITIVE_INFINITY : sequence;
}

function checkCollapse({ world }: Cast, { messages }: EndFacts, group: readonly Ordered[]): void {
  const sorted = group.toSorted((a, b) => (newness(a) < newness(b) ? -1 : 1));
  for (const [index, { message }] of sorted.entries()) {
    const newer = sorted.slice(index + 1);
    for (const { sequence, number } of message.attempts)
      if (newer.some((one) => one.message.sequence < sequence))
        world.violate("newest-goes-out", `${message.id}#${number} started behind a newer one`);
    if (messages.get(message.id)?.reason === "superseded" && newer.length === 0)
      world.violate("newest-goes-out", `${message.id} is superseded and the newest`);
  }
}

const newness = ({ message }: Ordered): string => `${message.eventId} ${message.id}`;
