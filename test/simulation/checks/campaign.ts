import type { MessageState } from "@tidings/contract/words";
import { integer, text } from "../../../packages/server/src/store/sql/columns.ts";
import { fanPlan } from "../acts/campaign.ts";
import type { Cast } from "../cast.ts";
import type { LoggedMessage } from "../ledger.ts";
import type { SimulatedPerson } from "../people.ts";
import type { DecisionFact, EndFacts, EventFact } from "./facts.ts";
import { wasSent } from "./sent.ts";
import { failedBehind } from "./statistics.ts";

const steps = { offer: "email", text: "sms" } as const;
const states: readonly MessageState[] = [
  "failed",
  "bounced",
  "suppressed",
  "expired",
  "canceled",
  "dead",
  "unknown",
  "delivered",
];
const timed = ["opened", "clicked"] as const;

/** Who is in the segment, and only they, get one message to each address, or there is a reason; and its progress tells of that. */
export function checkCampaign(cast: Cast, facts: EndFacts): void {
  const event = facts.events.find(({ posted }) => posted.intent.campaign !== undefined);
  if (event === undefined) return;
  const messages = [...cast.ledger.messages.values()].filter(({ eventId }) => eventId === event.id);
  const decisions = facts.decisions.filter(({ eventId }) => eventId === event.id);
  for (const person of cast.act?.people ?? []) checkPerson(cast, event, person, messages, decisions);
  checkProgress(cast, facts, event, messages, decisions);
}

const wasStopped = ({ canceled }: Cast, { posted, state }: EventFact, decisions: readonly DecisionFact[]): boolean =>
  state === "canceled" || canceled.has(posted.intent.ref) || decisions.some(({ reason }) => reason === "expired");

function checkPerson(
  cast: Cast,
  event: EventFact,
  person: SimulatedPerson,
  messages: readonly LoggedMessage[],
  decisions: readonly DecisionFact[],
): void {
  const { world, act } = cast;
  const isMeant = event.posted.intent.recipients.includes(person.id);
  const refuses = person.preferences !== undefined;
  const mayRefuse = act?.refusals.some(({ recipient }) => recipient === person.id) === true;
  for (const [step, channel] of Object.entries(steps)) {
    const name = `${step} for ${person.id}, ${person.plan === fanPlan ? "a fan" : "no fan"}`;
    const own = messages.filter((message) => message.recipient === person.id && message.step === step);
    const why = decisions.filter(
      (one) => one.recipient === person.id && one.step === step && one.outcome === "not_sent",
    );
    const addresses = isMeant && !refuses ? person[channel].length : 0;
    if (own.length > addresses || new Set(own.map(({ hash }) => hash)).size !== own.length)
      world.violate("campaign-reaches-once", `${own.length} of ${addresses} × ${name}`);
    if (why.length > 1 || (!isMeant && why.length > 0)) world.violate("decisions-once", `${why.length} × ${name}`);
    if (why.some(({ reason }) => reason === "opted_out") && !refuses && !mayRefuse)
      world.violate("recipient-is-explained", `${name} is said to have refused`);
    const isMissed = own.length < addresses ? !mayRefuse || why.length === 0 : own.length === 0 && why.length === 0;
    if (isMeant && isMissed && !wasStopped(cast, event, decisions))
      world.violate("campaign-reaches-once", `${own.length} of ${addresses} × ${name}, ${why.length} decisions`);
  }
}

/** The sums that are kept on the way equal what the rows, and their moves, add up to. */
function checkProgress(
  cast: Cast,
  { messages: ends }: EndFacts,
  event: EventFact,
  messages: readonly LoggedMessage[],
  decisions: readonly DecisionFact[],
): void {
  const { database } = cast.world.base;
  const rows = database.all(
    "select metric, sum(value) as sum from campaign_count where event_id = ? and minute = 0 group by metric",
    event.id,
  );
  const sums = new Map(rows.map((row) => [text(row, "metric"), integer(row, "sum")]));
  const expect = (metric: string, count: number): void => {
    if ((sums.get(metric) ?? 0) !== count)
      cast.world.violate("campaign-progress-is-true", `${metric}: ${sums.get(metric) ?? 0}, there are ${count}`);
  };
  const moves = messages.flatMap((message) => message.moves);
  expect("queued", messages.length);
  expect("sent", messages.filter((one) => wasSent(one, ends.get(one.id))).length);
  for (const state of states) {
    if (state === "delivered") continue;
    const moved = moves.filter(({ from, to }) => to === state && from !== state).length;
    expect(state, state === "failed" ? moved + failedBehind(cast, messages) : moved);
  }
  for (const kind of ["delivered", ...timed] as const)
    expect(kind, messages.filter(({ id }) => ends.get(id)?.times[kind] !== null).length);
  const skipped = decisions.filter(({ outcome }) => outcome === "not_sent" || outcome === "not_started");
  for (const reason of new Set(skipped.map((one) => one.reason)))
    expect(`skipped:${reason}`, skipped.filter((one) => one.reason === reason).length);
  const meant = event.posted.intent.recipients.length;
  const counted = sums.get("recipients") ?? 0;
  if (counted > meant || (!wasStopped(cast, event, decisions) && counted !== meant))
    cast.world.violate("campaign-progress-is-true", `recipients: ${counted}, there are ${meant}`);
  // A segment's people are found among all who are known by then.
  const known = integer(database.get("select count(*) as count from recipient") ?? {}, "count");
  if ((sums.get("looked") ?? 0) > known + 1)
    cast.world.violate("campaign-progress-is-true", `looked at ${sums.get("looked")}, of ${known}`);
}
