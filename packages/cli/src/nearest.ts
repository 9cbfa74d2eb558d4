/** Edits beyond which two names have nothing to do with each other, as a share of the longer one. */
const shareMax = 0.5;

/** The name that was most likely meant; undefined where none is near. A name that goes on as typed is nearest of all. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = typed.length >= 3 && name.startsWith(typed) ? 0 : editDistance(typed, name);
    if (distance < bestDistance && distance <= Math.max(typed.length, name.length) * shareMax) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** As a hint, or nothing. */
export function didYouMean(typed: string, names: readonly string[]): string | undefined {
  const name = nearest(typed, names);
  return name === undefined ? undefined : `Did you mean ${name}?`;
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours count one each. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
