import { lanes } from "@tidings/contract/words";
import type { SupersededVersion } from "../../ports/store/configuration.ts";
import type { WaitsWritten, WokenRun } from "../../ports/store/waits.ts";
import { runStateCode, wordAt } from "./codes.ts";
import { integer, type SqlRow, text } from "./columns.ts";

/**
 * SQL: `run` waits for what came in as event `event` at `at` under its key. Whoever waited for too long by then goes on
 * without, and no event is its own answer.
 */
export const waitsForSql = (event: string, at: string): string =>
  `run.state = ${runStateCode.waiting} and run.arrived_event is null and run.wait_since <= ${at} and run.due_at >= ${at}
    and run.event_id <> ${event}`;

export function wokenRun(row: SqlRow): WokenRun {
  return { id: text(row, "id"), lane: wordAt(lanes, integer(row, "lane")) };
}

/** Nothing where nothing came of waits, so that answers of turns stay as they are. */
export function waitsWritten({
  woken = [],
  isWakeLeft = false,
  found = [],
}: { [Field in keyof WaitsWritten]?: WaitsWritten[Field] | undefined }): WaitsWritten {
  return {
    ...(woken.length > 0 ? { woken } : {}),
    ...(isWakeLeft ? { isWakeLeft } : {}),
    ...(found.length > 0 ? { found } : {}),
  };
}

export function supersededVersion(row: SqlRow): SupersededVersion {
  return {
    environmentId: integer(row, "environment_id"),
    key: text(row, "key"),
    version: integer(row, "version"),
    document: text(row, "document"),
    supersededAt: integer(row, "superseded_at"),
  };
}

/** SQL: earlier versions that wait for an event, by a search that the partial index `configuration_waits` holds. */
export const supersededWaitsSql = (contains: string): string =>
  `select waits.environment_id, waits.key, waits.version, waits.document, next.updated_at as superseded_at
    from configuration waits join configuration next on next.environment_id = waits.environment_id and next.kind = 'workflow'
      and next.key = waits.key and next.version = waits.version + 1
    where waits.kind = 'workflow' and waits.current = 0 and ${contains} order by next.updated_at desc`;
