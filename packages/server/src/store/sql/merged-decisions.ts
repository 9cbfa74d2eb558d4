import { comparePlaces, type Placed, placeText } from "./decision-place.ts";

/** What one table gave: rows in order, and how far it was looked through; undefined where to its end. */
export interface DecisionSource<Row extends Placed> {
  rows: readonly Row[];
  reached: Placed | undefined;
}

/**
 * One page of what both tables gave. Behind the nearest place that either was looked through to nothing is shown yet: the
 * other may have something in between.
 */
export function mergedDecisions<Row extends Placed>(
  sources: readonly DecisionSource<Row>[],
  limit: number,
): { rows: readonly Row[]; next: string | undefined } {
  const [horizon] = sources.flatMap(({ reached }) => reached ?? []).toSorted(comparePlaces);
  const sorted = sources.flatMap(({ rows }) => rows).toSorted(comparePlaces);
  const shown = horizon === undefined ? sorted : sorted.filter((row) => comparePlaces(row, horizon) <= 0);
  const last = shown.length > limit ? shown[limit - 1] : horizon;
  return { rows: shown.slice(0, limit), next: last === undefined ? undefined : placeText(last) };
}
