import { lanes } from "@tidings/contract/words";
import type { Cast } from "../cast.ts";
import { laneOf } from "../documents.ts";
import type { LoggedMessage } from "../ledger.ts";
import { isOfAct } from "./acts.ts";
import { type ExpectedSend, expectedSends, workflowsOf } from "./expected.ts";
import type { DecisionFact, EndFacts } from "./facts.ts";
import { type Run, runOf } from "./run-of.ts";

/** Expected messages are there exactly once, no others are, and every recipient has a message or a decision. */
export function checkRuns(cast: Cast, facts: EndFacts): void {
  const claimed = new Set<LoggedMessage>();
  for (const event of facts.events) {
    for (const workflow of workflowsOf(event.posted.intent.body.name)) {
      for (const recipient of event.posted.intent.recipients) {
        const person = cast.people.find(({ id }) => id === recipient);
        if (person === undefined) continue;
        const run = runOf(cast, facts, event, workflow, person);
        for (const message of run.messages) claimed.add(message);
        checkRun(cast, facts, run);
      }
    }
  }
  for (const message of cast.ledger.messages.values()) {
    if (!claimed.has(message) && !isOfAct(message)) cast.world.violate("no-unexpected-message", message.id);
  }
  checkNobodyCares(cast, facts);
}

function checkRun(cast: Cast, facts: EndFacts, run: Run): void {
  const { world } = cast;
  const { event, workflow, person, messages, decisions } = run;
  const name = `${event.posted.intent.ref} ${workflow} ${person.id}`;
  const twice = decisions.find((one, index) => decisions.findIndex((other) => sameDecision(one, other)) !== index);
  if (twice !== undefined) world.violate("decisions-once", `${name}: ${twice.step} ${twice.outcome} ${twice.reason}`);
  const stopped = decisions.some(({ outcome }) => outcome === "not_started");
  if (stopped && messages.length > 0) world.violate("no-unexpected-message", `${name} was not started`);
  if (person.kind === "unknown" && event.state === "done" && !stopped && !mayStop(run, facts)) {
    world.violate("recipient-is-explained", `${name}: unknown`);
  }
  const sends = expectedSends(workflow, event.posted.intent, person, (step) => recordedBranch(decisions, step));
  checkDueTimes(cast, run, sends);
  checkReached(cast, run, name);
  for (const message of messages) {
    if (!sends.some(({ step, channel }) => step === message.step && channel === message.channel)) {
      world.violate("no-unexpected-message", `${name}: ${message.step} on ${message.channel}`);
    }
  }
  const pending = workflow === "follow-up" && recordedBranch(decisions, "reached") === undefined;
  if (pending && !stopped && person.kind !== "unknown" && !mayStop(run, facts))
    world.violate("recipient-is-explained", `${name}: no branch`);
  for (const send of sends) checkSend(cast, facts, run, send, stopped, name);
}

function checkSend(
  { world }: Cast,
  facts: EndFacts,
  run: Run,
  send: ExpectedSend,
  stopped: boolean,
  name: string,
): void {
  const found = run.messages.filter(({ step }) => step === send.step);
  const addresses = run.person[send.channel];
  if (new Set(found.map(({ hash }) => hash)).size !== found.length)
    world.violate("messages-exactly-once", `${name}: ${send.step}`);
  if (found.length > addresses.length)
    world.violate("no-unexpected-message", `${name}: ${found.length} × ${send.step}`);
  const explained = run.decisions.some(
    ({ step, outcome, reason }) => step === send.step && outcome === "not_sent" && reason === "no_address",
  );
  if (explained && addresses.length > 0)
    world.violate("recipient-is-explained", `${name}: ${send.step} had an address`);
  if (stopped || run.person.kind === "unknown" || mayStop(run, facts)) {
    // All or none: the messages of a step are written in one transaction.
    if (found.length > 0 && found.length < addresses.length)
      world.violate("messages-exactly-once", `${name}: part of ${send.step}`);
    return;
  }
  if (found.length < addresses.length)
    world.violate("expected-message-exists", `${name}: ${found.length} of ${addresses.length} × ${send.step}`);
  if (addresses.length === 0 && !explained) world.violate("recipient-is-explained", `${name}: ${send.step}`);
}

/** True where the run may have ended early: canceled, expired on record, not answered, or poisoned. */
export function mayStop({ event, workflow, person, decisions }: Run, facts: EndFacts): boolean {
  const { poison } = event.posted.intent;
  if (event.state === "canceled" || event.state === "dead") return true;
  const run = facts.runs.find(
    (one) => one.eventId === event.id && one.workflow === workflow && one.recipient === person.id,
  );
  if (run?.state === "canceled" || (run !== undefined && facts.deadLetters.get(run.id) === "fetch_failed")) return true;
  // A part of an event that another lane continues is dropped without a row that would tell.
  const continued = workflowsOf(event.posted.intent.body.name).some(
    (other) => lanes.indexOf(laneOf(other)) < lanes.indexOf(laneOf(workflow)),
  );
  if (continued && event.posted.intent.cancelAt !== undefined && run === undefined) return true;
  if (poison !== undefined && poison !== "title" && (run?.state === "dead" || facts.deadLetters.has(event.id)))
    return true;
  if (decisions.some(({ step, reason }) => step === "" && reason === "expired")) return true;
  return facts.decisions.some(
    ({ eventId, recipient, reason }) => eventId === event.id && recipient === "" && reason === "expired",
  );
}

/** A condition on an earlier message was decided by what its state was then; moves of that very moment count either way. */
function checkReached({ world }: Cast, { messages, decisions }: Run, name: string): void {
  const branch = decisions.find(({ step, outcome }) => step === "reached" && outcome === "branch");
  if (branch === undefined) return;
  const reachedBy = (sequence: number): boolean =>
    messages.some(({ step, moves }) => {
      const state = moves
        .filter((move) => move.at < branch.at || (move.at === branch.at && move.sequence <= sequence))
        .at(-1)?.to;
      return step === "first" && (state === "sent" || state === "delivered");
    });
  const held = branch.reason === "condition_held";
  const then = messages.flatMap(({ moves }) =>
    moves.filter(({ at }) => at === branch.at).map(({ sequence }) => sequence),
  );
  const possible = [0, ...then].map(reachedBy);
  if (!possible.includes(held)) world.violate("conditions-tell-the-truth", `${name}: ${branch.reason}`);
}

/** No message is made before its time: the event's, and the delays on the way to its step. */
function checkDueTimes({ world, offers }: Cast, { event, messages }: Run, sends: readonly ExpectedSend[]): void {
  const baseAt = event.posted.intent.scheduledAt ?? event.receivedAt;
  for (const message of messages) {
    const send = sends.find(({ step }) => step === message.step);
    const dueAt = baseAt + (send?.afterSeconds ?? 0) * 1000;
    if (message.createdAt < dueAt)
      world.violate("not-before-due", `${message.id} was made ${dueAt - message.createdAt} ms early`);
    for (const offer of offers.ofMessage(message.id)) {
      if (offer.at < dueAt)
        world.violate("not-before-due", `${message.id}#${offer.attempt} was called ${dueAt - offer.at} ms early`);
    }
  }
}

function checkNobodyCares({ world }: Cast, { events, decisions }: EndFacts): void {
  for (const { id, posted, state } of events) {
    if (posted.intent.body.name !== "nobody.cares" || state !== "done") continue;
    if (!decisions.some(({ eventId }) => eventId === id))
      world.violate("recipient-is-explained", `${posted.intent.ref}: no workflow`);
  }
}

function recordedBranch(decisions: readonly DecisionFact[], step: string): boolean | undefined {
  const branch = decisions.find((one) => one.step === step && one.outcome === "branch");
  return branch === undefined ? undefined : branch.reason === "condition_held";
}

function sameDecision(a: DecisionFact, b: DecisionFact): boolean {
  return (
    a.step === b.step &&
    a.outcome === b.outcome &&
    a.reason === b.reason &&
    a.channel === b.channel &&
    a.runId === b.runId
  );
}
