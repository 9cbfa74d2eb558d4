/** A part of a file of CSV that is a file by itself: the line of names in front, and up to so many records. */
export interface CsvPart {
  text: string;
  /** Lines of the file before its first record, less the line of names that was put in front. */
  linesBefore: number;
  records: number;
}

/**
 * Cuts CSV between records as it is read; a new line inside quotes is no end of one. What it says of a file is no more than
 * that: values are looked at by the server. Holds one part, and at most `lengthMax` characters of it.
 */
export async function* csvParts(
  pieces: AsyncIterable<string>,
  { recordsMax, lengthMax }: { recordsMax: number; lengthMax: number },
): AsyncIterable<CsvPart> {
  let head: string | undefined;
  let part: CsvPart = { text: "", linesBefore: 0, records: 0 };
  let lines = 0;
  for await (const record of recordsOf(pieces)) {
    if (head === undefined) {
      head = record;
      lines += newLines(record);
      part = { text: head, linesBefore: 0, records: 0 };
      continue;
    }
    if (part.records >= recordsMax || (part.records > 0 && part.text.length + record.length > lengthMax)) {
      yield part;
      part = { text: head, linesBefore: lines - newLines(head), records: 0 };
    }
    part.text += record;
    part.records += 1;
    lines += newLines(record);
  }
  if (head !== undefined) yield part;
}

/** Texts with the new line that ends each. */
async function* recordsOf(pieces: AsyncIterable<string>): AsyncIterable<string> {
  let open = "";
  let isQuoted = false;
  for await (const piece of pieces) {
    let from = 0;
    for (let at = 0; at < piece.length; at += 1) {
      if (piece[at] === '"') isQuoted = !isQuoted;
      else if (piece[at] === "\n" && !isQuoted) {
        yield open + piece.slice(from, at + 1);
        open = "";
        from = at + 1;
      }
    }
    open += piece.slice(from);
  }
  if (open !== "") yield open;
}

function newLines(text: string): number {
  return text.split("\n").length - 1;
}
