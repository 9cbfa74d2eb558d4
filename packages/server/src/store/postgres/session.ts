import type { Client, QueryResult } from "pg";
import type { SqlRow } from "../sql/columns.ts";

/** What a statement is given: a list of rows travels as one JSON text. */
export type PgValue = string | number | boolean | null | readonly (string | number | null)[];

const names = new Map<string, string>();

/** Statements are prepared on each connection under a name of their own: parsed and planned once. Texts are constants. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `s${names.size}`;
  names.set(text, name);
  return name;
}

/** One connection, inside a transaction or not. Statements are sent as they are called and run in that order. */
export class Session {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Gives how many rows changed. */
  async run(text: string, ...values: PgValue[]): Promise<number> {
    return (await this.#query(text, values)).rowCount ?? 0;
  }

  async get(text: string, ...values: PgValue[]): Promise<SqlRow | undefined> {
    return (await this.#query(text, values)).rows[0];
  }

  async all(text: string, ...values: PgValue[]): Promise<SqlRow[]> {
    return (await this.#query(text, values)).rows;
  }

  /** One or more statements that are not worth a plan, such as those of a transaction. */
  async exec(text: string): Promise<void> {
    await this.#client.query(text);
  }

  #query(text: string, values: PgValue[]): Promise<QueryResult<SqlRow>> {
    return this.#client.query<SqlRow>({ name: nameOf(text), text, values });
  }
}
