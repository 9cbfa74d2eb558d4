import { dayMs } from "../acts/act.ts";
import { nudgesMax } from "../acts/documents.ts";
import type { Cast } from "../cast.ts";
import type { LoggedMessage } from "../ledger.ts";
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
  const lately = nudges.filter(({ createdAt }) => createdAt >= event.receivedAt - dayMs);
  // A report may say later that a message was sent earlier than anybody knew.
  const knownBy = (at: number) => lately.filter(({ moves }) => moves.some((move) => isSent(move) && move.at <= at));
  const saidBy = (at: number) => lately.filter(({ id }) => (facts.messages.get(id)?.times.sent ?? at + 1) <= at);
  // It was looked somewhere between the event and the decision.
  const least = knownBy(event.receivedAt - 1).length;
  const most = new Set([...knownBy(branch.at), ...saidBy(branch.at)]).size;
  if (held ? least >= nudgesMax : most < nudgesMax)
    world.violate("recent-tells-the-truth", `${name}: ${branch.reason}, with ${least} to ${most} sent`);
}

const isSent = ({ to }: LoggedMessage["moves"][number]): boolean =>
  to === "sent" || to === "delivered" || to === "bounced";
