import type { Fault } from "@tidings/contract/errors";
import { faultsOf } from "@tidings/contract/faults";
import { limits } from "@tidings/contract/limits";
import { newSuppressionSchema } from "@tidings/contract/suppressions";
import type { SuppressionRow } from "../../domain/suppression.ts";
import { type AddressHash, storedSuppression } from "../../domain/suppression.ts";
import type { CsvRecord } from "./csv-records.ts";

/** Columns of an import by their names, with the field that each fills. */
const fieldOf: Readonly<Record<string, string>> = {
  channel: "channel",
  address: "address",
  address_hash: "addressHash",
  scope: "scope",
  value: "value",
  reason: "reason",
  created_at: "createdAt",
  hash_key: "hashKey",
};
const columnOf = new Map(Object.entries(fieldOf).map(([column, field]) => [field, column]));

interface Surroundings {
  environmentId: number;
  now: number;
  hash: AddressHash;
  /** What tells that a hash was made in this environment. */
  hashKey: string;
  rowsMax: number;
}

/** Lines of an import as suppressions, and what is wrong with them: nothing is to be written where there are faults. */
export class CsvRows {
  readonly rows: SuppressionRow[] = [];
  readonly faults: Fault[] = [];
  readonly #in: Surroundings;
  #columns: string[] | undefined;

  constructor(surroundings: Surroundings) {
    this.#in = surroundings;
  }

  /** There are so many faults, or rows, that reading on is of no use. */
  get isFull(): boolean {
    return this.faults.length >= limits.faults || this.#columns?.length === 0;
  }

  add(record: CsvRecord): void {
    if (this.#columns === undefined) this.#columns = this.#head(record);
    else if (this.rows.length < this.#in.rowsMax) this.#row(record, this.#columns);
    else if (!this.isFull) {
      this.#refuse(record.line, "", `is more than the ${this.#in.rowsMax} that one import takes`);
      this.#columns = [];
    }
  }

  #head({ line, fields }: CsvRecord): string[] {
    const columns = fields.map((name) => name.trim().toLowerCase());
    for (const [index, column] of columns.entries()) {
      if (!Object.hasOwn(fieldOf, column)) this.#refuse(line, column.slice(0, 40), "is no column of an import");
      else if (columns.indexOf(column) !== index) this.#refuse(line, column, "stands there twice");
    }
    const hasAddress = columns.includes("address") || columns.includes("address_hash");
    if (!columns.includes("channel")) this.#refuse(line, "channel", "must be a column");
    if (!hasAddress) this.#refuse(line, "address", "must be a column, or address_hash");
    return this.faults.length > 0 ? [] : columns;
  }

  #row({ line, fields }: CsvRecord, columns: readonly string[]): void {
    if (fields.length !== columns.length) {
      this.#refuse(line, "", `has ${fields.length} fields where the first line has ${columns.length}`);
      return;
    }
    const given: Record<string, string> = {};
    for (const [index, column] of columns.entries()) {
      const value = fields[index] ?? "";
      if (value !== "") given[fieldOf[column] ?? ""] = value;
    }
    const { hashKey = this.#in.hashKey, ...fieldsGiven } = given;
    if (given["addressHash"] !== undefined && hashKey !== this.#in.hashKey) {
      this.#refuse(line, "hash_key", "is of another environment, whose hashes stand for nothing here");
      return;
    }
    const parsed = newSuppressionSchema.safeParse(fieldsGiven);
    if (parsed.success) this.rows.push(storedSuppression(parsed.data, this.#in));
    else
      for (const { path, message } of faultsOf(parsed.error)) this.#refuse(line, columnOf.get(path) ?? path, message);
  }

  #refuse(line: number, path: string, message: string): void {
    this.faults.push({ path, message, line });
  }
}
