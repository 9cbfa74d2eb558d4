import type { HistoryBody, HistoryView } from "@tidings/contract/histories";
import { limits } from "@tidings/contract/limits";
import { channels } from "@tidings/contract/words";
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
): Pick<HistoryView, "events" | "messages" | "channels" | "cost" | "recipients" | "notSent" | "assumed"> {
  const { selected, weighed, partial, skipped, published, proposed, reached } = result;
  const byChannel = channels
    .filter((channel) => published.channels.has(channel) || proposed.channels.has(channel))
    .map((channel) => {
      const counts = sidesOf(published.channels.get(channel) ?? 0, proposed.channels.get(channel) ?? 0);
      return { channel, ...counts, cost: costOf(counts, prices[channel]) };
    });
  const sum = (side: "published" | "proposed") => byChannel.reduce((all, { cost }) => all + (cost?.[side] ?? 0), 0);
  return {
    events: { selected, weighed, partial, skipped: [...skipped] },
    messages: sidesOf(published.messages, proposed.messages),
    channels: byChannel,
    cost: Object.keys(prices).length === 0 ? undefined : money(sum("published"), sum("proposed")),
    recipients: recipientsOf(reached, list === true),
    notSent: notSentOf(result),
    assumed: [...result.assumed],
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

function recipientsOf(reached: HistoryResult["reached"], isListed: boolean): HistoryView["recipients"] {
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
