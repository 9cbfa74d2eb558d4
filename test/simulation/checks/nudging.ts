import { dayMs } from "../acts/act.ts";
import { nudgesMax } from "../acts/documents.ts";
import type { Cast } from "../cast.ts";
import type { EndFacts, EventFact } from "./facts.ts";

/** Whoever was nudged often enough within a day, by what was sent when it was looked, is not nudged again. */
export function checkNudging(cast: Cast, facts: EndFacts): void {
  for (const event of facts.events)
    if (event.posted.intent.body.name === "nudged")
      for (const { id } of cast.act?.people ?? []) checkNudge(cast, facts, event, id);
}

function checkNudge({ world, ledger }: Cast, facts: EndFacts, event: EventFact, recipient: string): void {
  const name = `${event.posted.intent.ref} for ${recipient}`;
  const nudges = [...ledger.messages.values()].filter(
    (message) => message.recipient === recipient && message.workflow === "nudge",
  );
  const own = nudges.filter(({ eventId }) => eventId === event.id);
  const branches = facts.decisions.filter(
    (one) => one.eventId === event.id && one.recipient === recipient && one.step === "seldom",
  );
  const [branch] = branches;
  if (branch === undefined || branches.length > 1) {
    world.violate("decisions-once", `${name}: ${branches.length}`);
    return;
  }
  const held = branch.reason === "condition_held";
  if (own.length !== (held ? 1 : 0))
    world.violate("expected-message-exists", `${name}: ${own.length}, ${branch.reason}`);
  const sentBy = (at: number): number =>
    nudges.filter(({ id, createdAt }) => {
      const sentAt = facts.messages.get(id)?.times.sent ?? null;
      return createdAt >= event.receivedAt - dayMs && sentAt !== null && sentAt <= at;
    }).length;
  // It was looked somewhere between the event and the decision.
  const [least, most] = [sentBy(event.receivedAt - 1), sentBy(branch.at)];
  if (held ? least >= nudgesMax : most < nudgesMax)
    world.violate("recent-tells-the-truth", `${name}: ${branch.reason}, with ${least} to ${most} sent`);
}
