import type { PgValue } from "../session.ts";

/** What is looked for in a table of due rows. */
export interface Look {
  lane: number;
  channel: number;
  now: number;
  rows: number;
  /** Values of the table's condition. */
  values?: readonly PgValue[];
}
