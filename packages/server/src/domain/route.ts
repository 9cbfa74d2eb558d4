import type { IntegrationBody } from "@tidings/contract/integrations";
import type { PolicyBody } from "@tidings/contract/policies";
import type { Channel, Lane } from "@tidings/contract/words";
import { fractionOf } from "./spread-fraction.ts";

export interface Candidate {
  key: string;
  document: IntegrationBody;
}

/** Integrations that may carry a message, best first: enabled, of its channel, serving its lane, by priority, then by key. */
export function candidates<C extends Candidate>(all: readonly C[], channel: Channel, lane: Lane): C[] {
  return all
    .filter(
      ({ document }) =>
        document.channel === channel && document.enabled !== false && (document.lanes?.includes(lane) ?? true),
    )
    .sort((a, b) => priorityOf(a) - priorityOf(b) || (a.key < b.key ? -1 : 1));
}

/** The one that a message has to go by, whatever lanes it serves: it answers what came in there. */
export function named<C extends Candidate>(all: readonly C[], channel: Channel, key: string): C[] {
  return all.filter(
    (candidate) =>
      candidate.key === key && candidate.document.channel === channel && candidate.document.enabled !== false,
  );
}

export type Routing = NonNullable<PolicyBody["routing"]>;

/** What a route may depend on. */
export interface RouteFacts {
  messageId: string;
  tenant: string;
  /** What its addresses have in common: a mail's domain (`domain/address-group.ts`). */
  group: string;
  /** ISO 3166-1 alpha-2; undefined where nobody knows. */
  country: string | undefined;
}

/** Whether all messages of one channel and lane have the same candidates in the same order. */
export function isSameForAll(ordered: readonly Candidate[], channel: Channel, routing: Routing | undefined): boolean {
  const strategy = routing?.channels?.[channel] ?? "ordered";
  return strategy === "ordered" && ordered.every(({ document }) => document.serves === undefined);
}

/** Those that serve a message, in the order of the channel's strategy; of equals in the order given. */
export function routed<C extends Candidate>(
  ordered: readonly C[],
  channel: Channel,
  facts: RouteFacts,
  routing: Routing | undefined,
): C[] {
  const serving = ordered.filter(({ document }) => servesMessage(document, facts, routing));
  const strategy = routing?.channels?.[channel] ?? "ordered";
  if (strategy === "weighted") return byWeight(serving, facts.messageId);
  if (strategy === "cheapest") return byPrice(serving, facts.country);
  return serving;
}

function servesMessage({ serves }: IntegrationBody, facts: RouteFacts, routing: Routing | undefined): boolean {
  if (serves === undefined) return true;
  const { domains, countries, regions, tenants } = serves;
  if (tenants !== undefined && !tenants.includes(facts.tenant)) return false;
  if (domains !== undefined && !domains.some((pattern) => fitsDomain(facts.group, pattern))) return false;
  if (countries === undefined && regions === undefined) return true;
  if (facts.country === undefined) return false;
  const { country } = facts;
  return (
    countries?.includes(country) === true ||
    regions?.some((name) => routing?.regions?.[name]?.includes(country)) === true
  );
}

/** `example.com` is that domain; `*.example.com` every one below it. */
function fitsDomain(domain: string, pattern: string): boolean {
  return pattern.startsWith("*.") ? domain.endsWith(pattern.slice(1)) : domain === pattern;
}

/**
 * The first by lot, drawn from those of the best priority with their weights as chances; the same for each attempt at a message, so
 * that what follows a refusal is the next one and not the same again. The others follow as they were.
 */
function byWeight<C extends Candidate>(ordered: readonly C[], messageId: string): C[] {
  const [first] = ordered;
  if (first === undefined) return [];
  const equals = ordered.filter((each) => priorityOf(each) === priorityOf(first));
  const total = equals.reduce((sum, each) => sum + weightOf(each), 0);
  let left = fractionOf(messageId) * total;
  let drawn = first;
  for (const each of equals) {
    drawn = each;
    left -= weightOf(each);
    if (left < 0) break;
  }
  return [drawn, ...ordered.filter((each) => each !== drawn)];
}

function byPrice<C extends Candidate>(serving: readonly C[], country: string | undefined): C[] {
  return serving.toSorted((a, b) => {
    const [one, other] = [priceOf(a, country), priceOf(b, country)];
    return one === other ? 0 : one - other;
  });
}

/** Price of an attempt to a country; one that has none is dearer than any that has. */
export function priceOf({ document: { price } }: Candidate, country: string | undefined): number {
  if (price === undefined) return Number.POSITIVE_INFINITY;
  return (country === undefined ? undefined : price.countries?.[country]) ?? price.amount;
}

const priorityOf = ({ document }: Candidate): number => document.priority ?? 100;
const weightOf = ({ document }: Candidate): number => document.weight ?? 1;

/** How the last attempt ended; undefined before the first. */
type Last = { integration: string; outcome: "rejected" | "unknown" } | undefined;

/** What is known of a candidate at the moment. */
export type Passes = "yes" | "probe" | "no";

/**
 * Which of them makes this attempt: the best that lets messages through and did not refuse it last. After a refusal the round goes
 * on behind it. An attempt whose end is unknown goes to the same integration again, whose own idempotency and records alone can
 * tell repetitions; where that is gone or lets nothing through, marketing goes nowhere else, as it may go out at most once. Where
 * none lets it through, it is the first one that it would have been. What was tried already is a probe only where there is no other way.
 */
export function choose<C extends Candidate>(
  ordered: readonly C[],
  { last, attempts, lane }: { last: Last; attempts: number; lane: Lane },
  passes: (candidate: C) => Passes = () => "yes",
): C | undefined {
  const open = (candidate: C): boolean => passes(candidate) !== "no";
  if (last?.outcome === "unknown") {
    const same = ordered.find((candidate) => candidate.key === last.integration);
    if (lane === "marketing") return same;
    if (same !== undefined && passes(same) === "yes") return same;
  }
  if (last === undefined) return ordered.find(open) ?? ordered[0];
  const from = ordered.length === 0 ? 0 : attempts % ordered.length;
  const round = [...ordered.slice(from), ...ordered.slice(0, from)];
  const others = round.filter((candidate) => candidate.key !== last.integration);
  const line = [...others, ...round.filter((candidate) => candidate.key === last.integration)];
  return line.find((candidate) => passes(candidate) === "yes") ?? line.find(open) ?? line[0];
}
