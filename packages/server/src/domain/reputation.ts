import type { Fault } from "@tidings/contract/errors";
import type { IntegrationBody } from "@tidings/contract/integrations";
import { type Channel, type Lane, lanes } from "@tidings/contract/words";

/*
 * Reputation that marketing must not spend for others: mailbox providers and carriers judge by what all that a sender sends has in
 * common, its domain or number, its addresses, its account. Pure.
 */

export interface Sender {
  key: string;
  document: IntegrationBody;
}

/** Channels on which somebody judges the sender. */
const judged: ReadonlySet<Channel> = new Set<Channel>(["email", "sms", "voice"]);
/** They send to nobody. */
export const exemptProviders: ReadonlySet<string> = new Set(["sandbox", "simulator"]);

/**
 * What is wrong with an integration beside the others of its environment, all as they would be: marketing shares an integration, a
 * sending domain or number, or a pool of addresses with what is transactional or critical.
 */
export function sharedReputation(key: string, senders: readonly Sender[]): Fault[] {
  const own = senders.find((sender) => sender.key === key);
  if (own === undefined || !isJudged(own)) return [];
  if (mixes(own.document))
    return [
      { path: "lanes", message: "marketing must not share an integration with what is transactional or critical" },
    ];
  const faults: Fault[] = [];
  for (const other of senders) {
    const { channel } = other.document;
    if (other.key === key || channel !== own.document.channel || !isJudged(other)) continue;
    for (const [lane, otherLane] of opposed(own.document, other.document)) {
      const identity = identityOf(own.document, lane);
      if (identity !== undefined && identity === identityOf(other.document, otherLane))
        faults.push({ path: "settings.from", message: `is the sender of ${other.key} too, which sends ${otherLane}` });
      const pool = poolOf(own.document);
      if (pool !== undefined && own.document.provider === other.document.provider && pool === poolOf(other.document))
        faults.push({ path: "settings.ipPool", message: `is the pool of ${other.key} too, which sends ${otherLane}` });
    }
  }
  return faults.slice(0, 1);
}

/** The first integration by which marketing would share its reputation. */
export function sharingSender(senders: readonly Sender[]): { key: string; fault: Fault } | undefined {
  for (const { key } of senders) {
    const [fault] = sharedReputation(key, senders);
    if (fault !== undefined) return { key, fault };
  }
  return undefined;
}

function isJudged({ document }: Sender): boolean {
  return document.enabled !== false && judged.has(document.channel) && !exemptProviders.has(document.provider);
}

function lanesOf(document: IntegrationBody): readonly Lane[] {
  return document.lanes ?? lanes;
}

function mixes(document: IntegrationBody): boolean {
  const served = lanesOf(document);
  return served.includes("marketing") && served.length > 1;
}

/** Pairs of lanes, the one's and the other's, of which exactly one is marketing. */
function opposed(own: IntegrationBody, other: IntegrationBody): [Lane, Lane][] {
  return lanesOf(own).flatMap((lane) =>
    lanesOf(other)
      .filter((otherLane) => (lane === "marketing") !== (otherLane === "marketing"))
      .map((otherLane): [Lane, Lane] => [lane, otherLane]),
  );
}

/** The domain of a mail's sender, or the number, for a lane; undefined where settings name none. */
function identityOf({ settings = {} }: IntegrationBody, lane: Lane): string | undefined {
  const from = settings["from"];
  const text = typeof from === "string" ? from : textOf(from, lane);
  if (text === undefined) return undefined;
  return /@([^\s>@]+)>?\s*$/.exec(text)?.[1]?.toLowerCase() ?? text;
}

function textOf(from: unknown, lane: Lane): string | undefined {
  if (typeof from !== "object" || from === null) return undefined;
  const byLane: { [name: string]: unknown } = { ...from };
  const text = byLane[lane] ?? byLane["default"];
  return typeof text === "string" ? text : undefined;
}

function poolOf({ settings = {} }: IntegrationBody): string | undefined {
  const pool = settings["ipPool"] ?? settings["configurationSet"];
  return typeof pool === "string" ? pool : undefined;
}
