/** Items of a list up to a bound, and whether there are more. Of what may be endless nothing is held whole. */
export async function collect<T>(items: AsyncIterable<T>, max: number): Promise<{ items: T[]; more: boolean }> {
  const collected: T[] = [];
  for await (const item of items) {
    if (collected.length >= max) return { items: collected, more: true };
    collected.push(item);
  }
  return { items: collected, more: false };
}
