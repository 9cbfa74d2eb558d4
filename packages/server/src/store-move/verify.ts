import type { TableProgress } from "../store/postgres/move-progress.ts";
import { MoveRefused } from "../store/sql/move-refused.ts";
import { keyOf, type MovedKey, type MovedPage, type MovedRow, type MovedTable } from "../store/sql/moved-table.ts";
import { canonical, digestWith } from "./digest.ts";
import type { MoveParts } from "./ports.ts";

/**
 * Compares a table with what the database gives back of it: for each page of the source all that the destination has in that
 * range of keys, so that a row too many is found like one that is missing or another.
 */
export async function verifyTable(parts: MoveParts, table: MovedTable, at: TableProgress): Promise<void> {
  const { source, destination, bounds, progress } = parts;
  if (at.isVerified) return;
  let page = source.page(table, at.verifiedTo, bounds);
  while (!at.isVerified && !parts.isStopped()) {
    const { rows, last, isEnd } = page;
    // The last page goes to the end of the table.
    const asked = destination.rowsBetween(table, at.verifiedTo, isEnd ? undefined : last, rows.length + 1);
    const reading = Promise.resolve().then(() => (isEnd ? page : source.page(table, last, bounds)));
    const [found, next] = await Promise.all([asked, reading]);
    const expected = rows.map(canonical);
    compare(table, page, expected, found, at.verifiedTo);
    const after: TableProgress = {
      ...at,
      verified: at.verified + rows.length,
      verifiedTo: last ?? at.verifiedTo,
      isVerified: isEnd,
      digest: digestWith(at.digest, expected),
    };
    await destination.writeVerified(after);
    Object.assign(at, after);
    page = next;
    progress.step("verify", at, rows.length);
  }
}

function compare(
  table: MovedTable,
  page: MovedPage,
  expected: readonly string[],
  found: readonly MovedRow[],
  after: MovedKey | undefined,
): void {
  const got = found.map(canonical);
  const length = Math.max(expected.length, got.length);
  for (let at = 0; at < length; at += 1) {
    if (expected[at] === got[at]) continue;
    throw difference(table, page, found, at, after);
  }
}

function difference(
  table: MovedTable,
  { rows, last, isEnd }: MovedPage,
  found: readonly MovedRow[],
  at: number,
  after: MovedKey | undefined,
): MoveRefused {
  const [ours, theirs] = [rows[at], found[at]].map((row) => (row === undefined ? undefined : show(keyOf(table, row))));
  const columns = table.columns.filter((_, index) => rows[at]?.[index] !== found[at]?.[index]).map(({ name }) => name);
  const what =
    ours === theirs
      ? `${columns.join(", ")} of ${ours} is another`
      : `the source has ${ours ?? "nothing"} where the destination has ${theirs ?? "nothing"}`;
  const from = after === undefined ? "the first" : `behind ${show(after)}`;
  const to = isEnd || last === undefined ? "the last" : show(last);
  return new MoveRefused(
    `table ${table.name} is not the same in the destination, in the rows from ${from} to ${to}: ${what}`,
    {
      outcome: "difference",
      hint: "Somebody wrote to one of both meanwhile: begin anew with an empty database",
    },
  );
}

const show = (key: MovedKey): string => key.join("/");
