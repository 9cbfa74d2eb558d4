import type { TableProgress } from "../store/postgres/move-progress.ts";
import type { MovedTable } from "../store/sql/moved-table.ts";
import type { MoveParts } from "./ports.ts";

/** Copies what is missing of a table, page by page; the next page is read while the database writes the last one. */
export async function copyTable(parts: MoveParts, table: MovedTable, at: TableProgress): Promise<void> {
  const { source, destination, bounds, progress } = parts;
  if (at.isCopied) return;
  let page = source.page(table, at.copiedTo, bounds);
  while (!at.isCopied && !parts.isStopped()) {
    const { rows, last, isEnd } = page;
    const after: TableProgress = {
      ...at,
      copied: at.copied + rows.length,
      copiedTo: last ?? at.copiedTo,
      isCopied: isEnd,
    };
    const writing = destination.write(table, page, after);
    const reading = Promise.resolve().then(() => (isEnd ? page : source.page(table, last, bounds)));
    [, page] = await Promise.all([writing, reading]);
    Object.assign(at, after);
    progress.step("copy", at, rows.length);
  }
}
