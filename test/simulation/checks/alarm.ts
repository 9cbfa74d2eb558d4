import { alarmAfterSeconds } from "../acts/documents.ts";
import type { Cast } from "../cast.ts";
import type { LoggedMessage } from "../ledger.ts";
import type { SimulatedPerson } from "../people.ts";
import type { DecisionFact, EndFacts, EventFact } from "./facts.ts";

const failures: ReadonlySet<string> = new Set(["failed", "bounced", "dead"]);

/** Each alarm that came to nothing has one fallback, or it is on record why it has none. */
export function checkAlarm(cast: Cast, facts: EndFacts): void {
  for (const event of facts.events)
    if (event.posted.intent.body.name === "alarm.raised" && event.state === "done")
      for (const person of cast.act?.people ?? []) checkPerson(cast, facts, event, person);
}

function checkPerson(cast: Cast, facts: EndFacts, event: EventFact, person: SimulatedPerson): void {
  const { world, ledger } = cast;
  const name = `${event.posted.intent.ref} for ${person.id}`;
  const isTheirs = (one: { eventId: string; recipient: string }) =>
    one.eventId === event.id && one.recipient === person.id;
  const messages = [...ledger.messages.values()].filter(isTheirs);
  const decisions = facts.decisions.filter(isTheirs);
  const [mails, texts] = ["mail", "text"].map((step) => messages.filter((message) => message.step === step));
  const settled = decisions.filter(({ outcome }) => outcome === "fallback" || outcome === "no_fallback");
  if (mails === undefined || texts === undefined || isStopped(event, decisions)) return;
  if (settled.length > 1) world.violate("fallback-goes-out-once", `${name}: ${settled.map(({ reason }) => reason)}`);
  if (new Set(texts.map(({ hash }) => hash)).size !== texts.length)
    world.violate("fallback-goes-out-once", `${name}: ${texts.length} texts`);
  const [verdict] = settled;
  const hasNoMail = person.email.length === 0;
  const goesOut = hasNoMail || verdict?.outcome === "fallback";
  const isExplained = decisions.some(({ step, reason }) => step === "text" && reason === "no_address");
  const expected = goesOut ? person.sms.length : 0;
  if (texts.length !== expected || (goesOut && person.sms.length === 0 && !isExplained))
    world.violate("fallback-goes-out", `${name}: ${texts.length} of ${expected} texts, ${verdict?.reason}`);
  const ends = mails.map(({ id }) => facts.messages.get(id)?.state ?? "");
  const isLost = mails.length > 0 && ends.every((state) => failures.has(state)) && !mails.some(wasDelivered);
  if (isLost && verdict?.outcome !== "fallback" && verdict?.reason !== "no_fallback_late")
    world.violate("fallback-goes-out", `${name}: ${ends}, ${verdict?.reason}`);
  if (verdict?.outcome === "fallback") checkNeeded(cast, name, mails, verdict);
}

/** It is canceled on the way. */
const isStopped = ({ posted }: EventFact, decisions: readonly DecisionFact[]): boolean =>
  posted.intent.cancelAt !== undefined || decisions.some(({ outcome }) => outcome === "not_started");

const wasDelivered = ({ moves }: LoggedMessage): boolean => moves.some(({ to }) => to === "delivered");

function checkNeeded({ world }: Cast, name: string, mails: readonly LoggedMessage[], verdict: DecisionFact): void {
  const before = mails.map(({ moves }) => moves.filter(({ at }) => at < verdict.at).at(-1)?.to);
  if (before.includes("delivered")) world.violate("fallback-is-needed", `${name}: one had arrived`);
  const isEarly = mails.some(({ createdAt }) => verdict.at < createdAt + alarmAfterSeconds * 1000);
  if (verdict.reason === "fallback_undelivered" && isEarly) world.violate("fallback-is-needed", `${name}: too early`);
}
