import type { HistoryView } from "@tidings/client";

type Sides = HistoryView["messages"];
const sampleMax = 20;

/** The parts of a dry run over the past as one. What was asked for without recipients' lists cannot be joined. */
export function mergedHistory(parts: readonly HistoryView[]): HistoryView | undefined {
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const { nextCursor: _, inside: __, ...end } = last;
  const { inside: ___, ...begin } = first;
  const reached = new Map<string, { published: boolean; proposed: boolean }>();
  for (const { recipient, published, proposed } of parts.flatMap(({ recipients }) => recipients.list ?? [])) {
    const known = reached.get(recipient);
    reached.set(recipient, {
      published: published || known?.published === true,
      proposed: proposed || known?.proposed === true,
    });
  }
  const costs = parts.flatMap(({ cost }) => cost ?? []);
  return {
    ...begin,
    ...end,
    events: {
      selected: sumOf(parts, ({ events }) => events.selected),
      weighed: sumOf(parts, ({ events }) => events.weighed),
      // What one part ends within, the next begins with.
      partial: last.events.partial,
      skipped: summed(
        parts.flatMap(({ events }) => events.skipped),
        ({ reason }) => reason,
        (a, b) => ({ ...a, count: a.count + b.count }),
      ),
    },
    messages: parts.map(({ messages }) => messages).reduce(added),
    channels: summed(
      parts.flatMap(({ channels }) => channels),
      ({ channel }) => channel,
      (a, b) => ({ ...a, ...added(a, b), cost: a.cost && b.cost && added(a.cost, b.cost) }),
    ),
    cost: costs.length === 0 ? undefined : costs.reduce(added),
    recipients: { weighed: sumOf(parts, ({ recipients }) => recipients.weighed), ...recipientsOf(reached) },
    notSent: summed(
      parts.flatMap(({ notSent }) => notSent),
      ({ reason }) => reason,
      (a, b) => ({ ...a, published: a.published + b.published, proposed: a.proposed + b.proposed }),
    ),
    assumed: summed(
      parts.flatMap(({ assumed }) => assumed),
      ({ step }) => step,
      (a) => a,
    ),
    notWeighed: summed(
      parts.flatMap(({ notWeighed }) => notWeighed),
      ({ what }) => what,
      (a) => a,
    ),
  };
}

const sumOf = (parts: readonly HistoryView[], of: (part: HistoryView) => number): number =>
  parts.reduce((sum, part) => sum + of(part), 0);

const added = (a: Sides, b: Sides): Sides => ({
  published: a.published + b.published,
  proposed: a.proposed + b.proposed,
  difference: a.difference + b.difference,
});

/** Items of one name as one, in the order in which the names come. */
function summed<Item>(items: readonly Item[], nameOf: (item: Item) => string, add: (a: Item, b: Item) => Item): Item[] {
  const sums = new Map<string, Item>();
  for (const item of items) {
    const known = sums.get(nameOf(item));
    sums.set(nameOf(item), known === undefined ? item : add(known, item));
  }
  return [...sums.values()];
}

function recipientsOf(reached: ReadonlyMap<string, { published: boolean; proposed: boolean }>) {
  const all = [...reached];
  const gained = all.filter(([, { published, proposed }]) => proposed && !published).map(([id]) => id);
  const lost = all.filter(([, { published, proposed }]) => published && !proposed).map(([id]) => id);
  return {
    published: all.filter(([, { published }]) => published).length,
    proposed: all.filter(([, { proposed }]) => proposed).length,
    gained: gained.length,
    lost: lost.length,
    gainedSample: gained.slice(0, sampleMax),
    lostSample: lost.slice(0, sampleMax),
  };
}
