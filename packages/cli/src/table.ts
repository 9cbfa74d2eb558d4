import { plain } from "./terminal.ts";

const gap = 2;

/** Columns by the widest of each; the last one is not padded. Cells are made fit for a terminal. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(plain));
  const widths = head.map((name, index) => Math.max(name.length, ...cells.map((row) => width(row[index] ?? ""))));
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => (index === head.length - 1 ? cell : pad(cell, (widths[index] ?? 0) + gap)))
      .join("")
      .trimEnd();
  return [line(head), ...cells.map(line)];
}

/** Pads by what is seen: code points, not UTF-16 units. */
export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

function width(text: string): number {
  return [...text].length;
}
