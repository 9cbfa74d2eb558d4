import { integer, type SqlRow, text, textOrNull } from "../sql/columns.ts";
import type { MovedKey } from "../sql/moved-table.ts";
import type { Session } from "./session.ts";

/** How far one table is. */
export interface TableProgress {
  name: string;
  /** Rows of the source when the move began. */
  total: number;
  copied: number;
  copiedTo: MovedKey | undefined;
  isCopied: boolean;
  verified: number;
  verifiedTo: MovedKey | undefined;
  isVerified: boolean;
  /** Of the verified rows, 64 hex digits; the same whatever the batches were. */
  digest: string;
}

export const noDigest = "0".repeat(64);

export async function readProgress(sql: Session): Promise<TableProgress[]> {
  return (await sql.all("select * from store_move_table")).map((row) => ({
    name: text(row, "name"),
    total: integer(row, "total"),
    copied: integer(row, "copied"),
    copiedTo: keyOrNone(row, "copied_to"),
    isCopied: row.is_copied === true,
    verified: integer(row, "verified"),
    verifiedTo: keyOrNone(row, "verified_to"),
    isVerified: row.is_verified === true,
    digest: text(row, "digest"),
  }));
}

function keyOrNone(row: SqlRow, column: string): MovedKey | undefined {
  const json = textOrNull(row, column);
  if (json === null) return undefined;
  const parsed: unknown = JSON.parse(json);
  if (!Array.isArray(parsed)) throw new TypeError(`${column} holds no key`);
  return parsed.map((value: unknown) => {
    if (typeof value === "string" || typeof value === "number") return value;
    throw new TypeError(`${column} holds no key`);
  });
}

const json = (key: MovedKey | undefined): string | null => (key === undefined ? null : JSON.stringify(key));

const insertedSql = `insert into store_move_table (name, total, copied, is_copied, verified, is_verified, digest)
  values ($1, $2, 0, false, 0, false, $3)`;
export async function insertProgress(sql: Session, name: string, total: number): Promise<void> {
  await sql.run(insertedSql, name, total, noDigest);
}

const copiedSql = "update store_move_table set copied = $2, copied_to = $3, is_copied = $4 where name = $1";
export async function writeCopied(sql: Session, { name, copied, copiedTo, isCopied }: TableProgress): Promise<void> {
  await sql.run(copiedSql, name, copied, json(copiedTo), isCopied);
}

const verifiedSql =
  "update store_move_table set verified = $2, verified_to = $3, is_verified = $4, digest = $5 where name = $1";
export async function writeVerified(sql: Session, table: TableProgress): Promise<void> {
  await sql.run(verifiedSql, table.name, table.verified, json(table.verifiedTo), table.isVerified, table.digest);
}

export async function forgetVerified(sql: Session): Promise<void> {
  await sql.run(
    "update store_move_table set verified = 0, verified_to = null, is_verified = false, digest = $1",
    noDigest,
  );
}
