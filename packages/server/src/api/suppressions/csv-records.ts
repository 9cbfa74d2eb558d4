/*
 * Records of CSV (RFC 4180) from pieces of text, as they come: a field may be in quotes and then hold commas, quotes and new
 * lines. Between calls it holds one record, of bounded length.
 *
 *   start ─ quote ▶ quoted ─ quote ▶ closed ─ quote ▶ quoted
 *     └ other ▶ plain        (closed) ─ comma, new line ▶ start
 */

export interface CsvRecord {
  /** Line on which it begins, from 1. */
  line: number;
  fields: string[];
}

/** What is wrong with the text itself; nothing behind it can be trusted. */
export class CsvFault extends Error {
  override name = "CsvFault";
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

type State = "start" | "plain" | "quoted" | "closed";

export class CsvRecords {
  readonly #lengthMax: number;
  #state: State = "start";
  #line = 1;
  #record: CsvRecord = { line: 1, fields: [] };
  #field = "";
  #length = 0;

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** Records that end in this piece. Throws a CsvFault. */
  push(piece: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    for (const character of piece) {
      this.#length += 1;
      if (this.#length > this.#lengthMax) throw this.#fault(`is longer than ${this.#lengthMax} characters`);
      const ended = this.#take(character);
      if (ended !== undefined) records.push(ended);
    }
    return records;
  }

  /** The last record, where no new line ends it. Throws a CsvFault. */
  end(): CsvRecord | undefined {
    if (this.#state === "quoted") throw this.#fault("a quote is not closed");
    return this.#endRecord();
  }

  #take(character: string): CsvRecord | undefined {
    if (character === "\n") this.#line += 1;
    if (this.#state === "quoted") {
      if (character === '"') this.#state = "closed";
      else this.#field += character;
      return undefined;
    }
    if (character === "\n") return this.#endRecord();
    // Of a line's end by CR LF; alone it is no part of any value that is taken.
    if (character === "\r") return undefined;
    if (character === ",") {
      this.#endField();
      return undefined;
    }
    if (character === '"') this.#quote();
    else if (this.#state === "closed") throw this.#fault("text stands behind a closed quote");
    else {
      this.#state = "plain";
      this.#field += character;
    }
    return undefined;
  }

  #quote(): void {
    if (this.#state === "plain") throw this.#fault("a quote stands in a field without quotes");
    if (this.#state === "closed") this.#field += '"';
    this.#state = "quoted";
  }

  #endField(): void {
    this.#record.fields.push(this.#field);
    this.#field = "";
    this.#state = "start";
  }

  /** Undefined for an empty line. */
  #endRecord(): CsvRecord | undefined {
    const isEmpty = this.#record.fields.length === 0 && this.#field === "" && this.#state === "start";
    if (!isEmpty) this.#endField();
    const record = this.#record;
    this.#record = { line: this.#line, fields: [] };
    this.#length = 0;
    return isEmpty ? undefined : record;
  }

  #fault(message: string): CsvFault {
    return new CsvFault(this.#record.line, message);
  }
}

/** One record as a line. Values that a spreadsheet would take for a formula are none of those written here. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",")}\r\n`;
}
