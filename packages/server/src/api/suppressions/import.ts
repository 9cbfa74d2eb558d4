import type { Fault } from "@tidings/contract/errors";
import { limits as contractLimits } from "@tidings/contract/limits";
import type { SuppressionsAdded } from "@tidings/contract/suppressions";
import type { FastifyRequest } from "fastify";
import { TidingsError } from "../../errors.ts";
import type { ApiDependencies } from "../dependencies.ts";
import { CsvFault, CsvRecords } from "./csv-records.ts";
import { CsvRows } from "./csv-rows.ts";
import { hashKeyOf } from "./hash-key.ts";

/** Characters of one line: that of the longest address, with room. */
const lineLengthMax = 8192;

type ImportDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "limits">;

/**
 * Reads the body as it comes and keeps what will be written, of which one call has a bounded number. Then all of it is
 * written in one commit: a line with a fault, a limit or a broken connection leaves nothing behind. Line by line with a
 * report would leave the caller with two lists, of what is in and what is not, to be merged by hand; a file too long for
 * one call is cut into several, and a repeated call does no harm.
 */
export async function importSuppressions(
  request: FastifyRequest,
  environmentId: number,
  { store, keyring, clock, limits }: ImportDependencies,
): Promise<SuppressionsAdded> {
  const rows = new CsvRows({
    environmentId,
    now: clock.now(),
    hash: (...parts) => keyring.hash(...parts),
    hashKey: hashKeyOf(keyring, environmentId),
    rowsMax: limits.suppressionImportRowsMax,
  });
  try {
    await readInto(rows, pieces(request, limits.suppressionImportBytesMax));
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    rows.faults.push({ path: "", message: error.message, line: error.line });
  } finally {
    // Who stopped reading drops the rest, so that the caller sees the answer instead of a reset.
    request.raw.resume();
  }
  if (rows.faults.length > 0) throw refused(rows.faults);
  if (rows.rows.length === 0) throw refused([{ path: "", message: "has no line below the names of its columns" }]);
  const added = await store.addSuppressions({ environmentId, suppressions: rows.rows });
  return { added, present: rows.rows.length - added };
}

function refused(faults: readonly Fault[]): TidingsError {
  return new TidingsError("validation_failed", { faults: faults.slice(0, contractLimits.faults) });
}

async function readInto(rows: CsvRows, text: AsyncIterable<string>): Promise<void> {
  const records = new CsvRecords(lineLengthMax);
  for await (const piece of text) {
    for (const record of records.push(piece)) rows.add(record);
    if (rows.isFull) return;
  }
  const last = records.end();
  if (last !== undefined) rows.add(last);
}

/** The body as text: UTF-8 with or without a byte order mark, within its limit. */
async function* pieces({ raw }: FastifyRequest, bytesMax: number): AsyncIterable<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > bytesMax) throw new TidingsError("body_too_large");
    yield decoded(() => decoder.decode(chunk, { stream: true }));
  }
  yield decoded(() => decoder.decode());
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw refused([{ path: "", message: "is not UTF-8" }]);
  }
}
