/**
 * Splits a batch so that no round has two items of one key, each key's items in their order: one statement takes a round
 * whole, and would see a row only as it was before it.
 */
export function inRounds<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const rounds: Item[][] = [];
  const counts = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    const round = counts.get(key) ?? 0;
    counts.set(key, round + 1);
    const own = rounds[round];
    if (own === undefined) rounds[round] = [item];
    else own.push(item);
  }
  return rounds;
}
