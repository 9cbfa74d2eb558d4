import type { HistoryBody, HistoryView } from "@tidings/contract/histories";
import { limits } from "@tidings/contract/limits";
import { channels } from "@tidings/contract/words";
import { gapTexts } from "../../domain/dry-run-gaps.ts";
import type { HistoryResult } from "../../ports/histories.ts";

interface Sides {
  published: number;
  proposed: number;
  difference: number;
}

/** Both sides beside each other. */
export function historyView(
  result: HistoryResult,
  { prices = {}, list }: HistoryBody,
): Pick<
  HistoryView,
  "events" | "messages" | "channels" | "cost" | "inside" | "recipients" | "notSent" | "assumed" | "notWeighed"
> {
  const { selected, weighed, skipped, published, proposed, reached } = result;
  const inside = insideOf(result);
  const byChannel = channels
    .filter((channel) => published.channels.has(channel) || proposed.channels.has(channel))
    .map((channel) => {
      const counts = sidesOf(published.channels.get(channel) ?? 0, proposed.channels.get(channel) ?? 0);
      return { channel, ...counts, cost: costOf(counts, prices[channel]) };
    });
  const sum = (side: "published" | "proposed") => byChannel.reduce((all, { cost }) => all + (cost?.[side] ?? 0), 0);
  return {
    events: { selected, weighed, partial: inside === undefined ? 0 : 1, skipped: [...skipped] },
    messages: sidesOf(published.messages, proposed.messages),
    channels: byChannel,
    cost: Object.keys(prices).length === 0 ? undefined : money(sum("published"), sum("proposed")),
    inside,
    recipients: { weighed: result.people, ...recipientsOf(reached, list === true) },
    notSent: notSentOf(result),
    assumed: [...result.assumed],
    notWeighed: result.notWeighed.map((what) => ({ what, text: gapTexts[what] })),
  };
}

const sidesOf = (published: number, proposed: number): Sides => ({
  published,
  proposed,
  difference: proposed - published,
});

/** Without what floating point leaves behind. */
function money(published: number, proposed: number): Sides {
  const rounded = (value: number) => Math.round(value * 1e6) / 1e6;
  return {
    published: rounded(published),
    proposed: rounded(proposed),
    difference: rounded(proposed - published),
  };
}

const costOf = ({ published, proposed }: Sides, price: number | undefined): Sides | undefined =>
  price === undefined ? undefined : money(published * price, proposed * price);

function insideOf({ next, leftOut }: HistoryResult): HistoryView["inside"] {
  if (next?.inside === undefined || leftOut === undefined) return undefined;
  const { recipients, segments } = leftOut;
  return { event: next.inside.event, weighed: next.inside.cursor, leftOut: { recipients, segments: [...segments] } };
}

function recipientsOf(
  reached: HistoryResult["reached"],
  isListed: boolean,
): Omit<HistoryView["recipients"], "weighed"> {
  const all = [...reached].map(([recipient, sides]) => ({ recipient, ...sides }));
  const gained = all.filter(({ published, proposed }) => proposed && !published);
  const lost = all.filter(({ published, proposed }) => published && !proposed);
  const sample = (of: typeof all) => of.slice(0, limits.historySample).map(({ recipient }) => recipient);
  return {
    published: all.filter(({ published }) => published).length,
    proposed: all.filter(({ proposed }) => proposed).length,
    gained: gained.length,
    lost: lost.length,
    gainedSample: sample(gained),
    lostSample: sample(lost),
    list: isListed ? all : undefined,
  };
}

function notSentOf({ published, proposed }: HistoryResult): HistoryView["notSent"] {
  const reasons = new Map<string, HistoryView["notSent"][number]>();
  for (const { reason, text, count } of published.notSent)
    reasons.set(reason, { reason, text, published: count, proposed: 0 });
  for (const { reason, text, count } of proposed.notSent)
    reasons.set(reason, { ...(reasons.get(reason) ?? { reason, text, published: 0 }), proposed: count });
  return [...reasons.values()];
}
