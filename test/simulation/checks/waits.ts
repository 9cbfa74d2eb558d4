import { timeOfId } from "../../../packages/server/src/lib/ids.ts";
import { eventStateCode, runStateCode } from "../../../packages/server/src/store/sql/codes.ts";
import { integer, text } from "../../../packages/server/src/store/sql/columns.ts";
import type { Cast } from "../cast.ts";
import { paidId, paidName, type SimulatedStep, workflows } from "../documents.ts";
import { workflowsOf } from "./expected.ts";
import type { EndFacts, EventFact } from "./facts.ts";
import { type Run, runOf } from "./run-of.ts";
import { mayStop } from "./runs.ts";

/** Places in the log. */
interface Ends {
  /** By event: behind it all of its turns are committed. */
  events: ReadonlyMap<string, number>;
  runs: ReadonlyMap<string, number>;
}

/** A run that waits ends once: by what has arrived, or as its time was up and nothing had. */
export function checkWaits(cast: Cast, facts: EndFacts): void {
  const ends = endsOf(cast);
  for (const event of facts.events) {
    for (const workflow of workflowsOf(event.posted.intent.body.name)) {
      const wait = workflows[workflow]?.steps.find(({ id }) => id === paidId);
      if (wait === undefined) continue;
      for (const recipient of event.posted.intent.recipients) {
        const person = cast.people.find(({ id }) => id === recipient);
        if (person !== undefined) checkWait(cast, facts, runOf(cast, facts, event, workflow, person), wait, ends);
      }
    }
  }
}

function endsOf({ world }: Cast): Ends {
  const { database } = world.base;
  const placed = (condition: string) =>
    new Map(
      database
        .all(`select id, max(sequence) as place from simulation_log where ${condition} group by id`)
        .map((row) => [text(row, "id"), integer(row, "place")]),
    );
  return {
    events: placed(`kind in ('event', 'event-state') and becomes = ${eventStateCode.done}`),
    runs: placed(`kind = 'run-state' and becomes = ${runStateCode.completed}`),
  };
}

function checkWait(cast: Cast, facts: EndFacts, run: Run, wait: SimulatedStep, ends: Ends): void {
  const { world } = cast;
  const { event, workflow, person, decisions, messages } = run;
  const name = `${event.posted.intent.ref} ${workflow} ${person.id}`;
  const branches = decisions.filter(({ outcome }) => outcome === "branch");
  const [branch] = branches;
  if (branch === undefined) {
    const isStopped = decisions.some(({ outcome }) => outcome === "not_started");
    if (!isStopped && person.kind !== "unknown" && !mayStop(run, facts))
      world.violate("waits-end", `${name}: it came to no end`);
    return;
  }
  if (branches.length > 1) world.violate("waits-end-once", `${name}: ${branches.length} times`);
  if (new Set(messages.map(({ step }) => step)).size > 1) world.violate("waits-end-once", `${name}: in both ways`);
  const arrivals = facts.events.filter((other) => isAwaited(other, run, wait));
  const hasArrived = branch.reason === "condition_held";
  if (hasArrived && arrivals.length === 0) world.violate("waits-tell-the-truth", `${name}: nothing has arrived`);
  const row = facts.runs.find(({ id }) => id === branch.runId);
  const endedAt = ends.runs.get(row?.id ?? "") ?? 0;
  const missed = arrivals.find(({ id }) => (ends.events.get(id) ?? Number.POSITIVE_INFINITY) < endedAt);
  if (!hasArrived && missed !== undefined)
    world.violate("waits-tell-the-truth", `${name}: ${missed.posted.intent.ref} had arrived`);
  const spentMs = (wait.timeoutSeconds ?? 0) * 1000;
  const startAt = event.posted.intent.scheduledAt ?? event.receivedAt;
  if (!hasArrived && branch.at < startAt + spentMs)
    world.violate("waits-take-their-time", `${name}: ended at ${branch.at}, ${startAt + spentMs - branch.at} ms early`);
}

/** As the documents say it: the same amount, the same recipient or tenant, and in time. */
function isAwaited(other: EventFact, { event, person, workflow }: Run, wait: SimulatedStep): boolean {
  const [own, its] = [event.posted.intent, other.posted.intent];
  if (its.body.name !== paidName || its.body.data?.["amount"] !== own.body.data?.["amount"]) return false;
  const isTheirs = wait.recipient === "any" ? its.body.tenant === own.body.tenant : its.recipients.includes(person.id);
  const at = its.scheduledAt ?? timeOfId(other.id);
  const pauseMs = workflow === "cart" ? 0 : 3000;
  const startAt = own.scheduledAt ?? event.receivedAt;
  const untilAt = startAt + pauseMs + (wait.timeoutSeconds ?? 0) * 1000;
  return isTheirs && at >= timeOfId(event.id) && at <= untilAt;
}
