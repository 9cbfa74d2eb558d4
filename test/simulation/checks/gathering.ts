import { gatheredMax } from "../acts/documents.ts";
import { gatheredWorkflow } from "../acts/gathering.ts";
import type { Cast } from "../cast.ts";
import type { SimulatedPerson } from "../people.ts";
import type { EndFacts, EventFact } from "./facts.ts";
import { isJoin, periodEnd, toldBy, type Window, windowOf, windowsOf } from "./windows.ts";

/** Of a category's digests: each event in one of each who wants it so, each digest of one window, each window with one digest. */
export function checkGathering(cast: Cast, facts: EndFacts): void {
  const windows = windowsOf(cast, facts);
  const ids = new Set(windows.map(({ id }) => id));
  for (const { id, runId, workflow, category } of cast.ledger.messages.values())
    if (category === "social" && workflow === "" && !ids.has(runId)) cast.world.violate("no-unexpected-message", id);
  for (const window of windows) {
    checkWindow(cast, facts, window);
    checkPeriod(cast, facts, window, windows);
  }
  for (const event of facts.events)
    if (event.posted.intent.body.name === "post.liked")
      for (const person of cast.act?.people ?? [])
        if (event.posted.intent.recipients.includes(person.id)) checkEvent(cast, facts, event, person);
}

/** All that joined and was not taken back or too late is told, in order, to each address once. */
function checkWindow(cast: Cast, { decisions, events }: EndFacts, window: Window): void {
  const { world } = cast;
  const { id, person, joins, messages } = window;
  const joined = new Set(joins.map(({ eventId }) => eventId));
  if (joined.size !== joins.length) world.violate("in-one-digest", `${id} was joined twice by one event`);
  const over = new Set(
    decisions
      .filter(({ reason, outcome, detail }) => outcome === "not_sent" && reason === "expired" && detail === id)
      .map(({ eventId }) => eventId),
  );
  const cancelOf = (eventId: string) =>
    cast.canceled.get(events.find((event) => event.id === eventId)?.posted.intent.ref ?? "");
  const left = [...joined].filter((eventId) => !over.has(eventId) && cancelOf(eventId) === undefined);
  const hashes = new Set(messages.map(({ hash }) => hash));
  if (hashes.size !== messages.length) world.violate("one-digest-per-window", `${id} has ${messages.length} messages`);
  if (messages.length === 0 && left.length > 0) world.violate("in-one-digest", `${id} told nothing of ${left.join()}`);
  if (messages.length > 0 && messages.length !== person.email.length)
    world.violate("one-digest-per-window", `${id} has ${messages.length} of ${person.email.length} messages`);
  for (const message of messages) {
    const told = toldBy(cast, message);
    const ids = told.map((event) => event.id);
    if (new Set(ids).size !== ids.length || !ids.every((one) => joined.has(one)) || ids.some((one) => over.has(one)))
      world.violate("in-one-digest", `${message.id} tells of ${ids.join()}, joined by ${[...joined].join()}`);
    const gone = ids.filter((one) => {
      const { asked, answered } = cancelOf(one) ?? { asked: 0, answered: Number.POSITIVE_INFINITY };
      // One that came in behind its cancellation stays.
      return answered < message.sequence && (cast.ledger.events.get(one)?.sequence ?? 0) <= asked;
    });
    if (gone.length > 0) world.violate("not-after-cancel", `${message.id} tells of ${gone.join()}`);
    const missing = left.filter((one) => !ids.includes(one));
    if (missing.length > 0) world.violate("in-one-digest", `${message.id} does not tell of ${missing.join()}`);
    const order = told.map((event) => `${event.at} ${event.id}`);
    if (order.join() !== order.toSorted().join())
      world.violate("digests-are-in-order", `${message.id}: ${order.join()}`);
  }
}

/** What joins is of one tenant and one period, at the end of which it is told; sooner only where it was full. */
function checkPeriod({ world, ledger }: Cast, { events }: EndFacts, window: Window, windows: readonly Window[]): void {
  const { id, person, frequency, joins, messages } = window;
  const ends = joins.map(({ at }) => periodEnd(person, frequency, at));
  const end = Math.min(...ends);
  const tenantOf = ({ joins: [join] }: Window): string =>
    events.find((event) => event.id === join?.eventId)?.posted.intent.body.tenant ?? "";
  const tenants = new Set(joins.map((join) => tenantOf({ ...window, joins: [join] })));
  if (new Set(ends).size > 1 || tenants.size > 1)
    world.violate("digests-keep-keys-apart", `${id} has joins of ${ends.join()}, of ${[...tenants].join()}`);
  const isFull = joins.length >= gatheredMax;
  for (const { createdAt } of messages)
    if (createdAt < end && !isFull) world.violate("not-before-due", `${id} closed ${end - createdAt} ms early`);
  // One that had closed takes nobody in who was planned before its end and written behind it.
  const opened = ledger.runs.get(id);
  const twin = windows.find((other) => {
    const [first] = other.joins;
    if (other.id === id || first === undefined || other.person !== person || other.frequency !== frequency)
      return false;
    const before = ledger.runs.get(other.id);
    if (tenantOf(other) !== tenantOf(window) || periodEnd(person, frequency, first.at) !== end) return false;
    return (before?.sequence ?? 0) < (opened?.sequence ?? 0) && other.joins.length < gatheredMax;
  });
  if (twin !== undefined && (opened?.at ?? end) < end)
    world.violate("one-digest-per-window", `${id} beside ${twin.id}`);
}

/** An event is told of by messages, or in a digest, as its recipient has chosen. */
function checkEvent(
  { world, ledger, canceled }: Cast,
  facts: EndFacts,
  event: EventFact,
  person: SimulatedPerson,
): void {
  const { ref, expiresAt } = event.posted.intent;
  const name = `${ref} for ${person.id}`;
  const own = (one: { eventId: string; recipient: string; workflow: string }): boolean =>
    one.eventId === event.id && one.recipient === person.id && one.workflow === gatheredWorkflow;
  const messages = [...ledger.messages.values()].filter(own);
  const joins = facts.decisions.filter((one) => own(one) && isJoin(one));
  const windows = joins.flatMap((join) => windowOf(join) ?? []);
  const frequency = frequencyChosen(person);
  if (windows.length > 1) world.violate("in-one-digest", `${name} is in ${windows.join()}`);
  if (joins.length > 0 && windows.length === 0) world.violate("in-one-digest", `${name} joined no window`);
  if (joins.some(({ reason }) => reason !== (frequency ?? "cap_reached")))
    world.violate("digest-as-chosen", `${name} is gathered ${joins.map(({ reason }) => reason).join()}`);
  if (frequency !== undefined && messages.length > 0)
    world.violate("no-unexpected-message", `${name}: ${messages.map(({ id }) => id).join()}`);
  const count = frequency === undefined ? messages.length + joins.length : joins.length;
  const expected = frequency === undefined ? person.email.length : 1;
  const mayStay = (canceled.has(ref) || expiresAt !== undefined) && count === 0;
  if (event.state === "done" && count !== expected && !mayStay)
    world.violate("in-one-digest", `${name}: ${messages.length} messages, joined ${joins.length} times`);
}

function frequencyChosen({ preferences }: SimulatedPerson): string | undefined {
  const setting = preferences?.workflows?.[gatheredWorkflow]?.all ?? preferences?.categories?.["social"]?.email;
  return typeof setting === "string" ? setting : undefined;
}
