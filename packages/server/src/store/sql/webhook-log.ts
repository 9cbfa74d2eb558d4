import type { WebhookDeliveryQuery } from "../../ports/store/webhooks.ts";
import { webhookStateCode, webhookTypeCode } from "./codes.ts";
import { integer, type SqlRow, text } from "./columns.ts";
import { scannedMax } from "./scanned-max.ts";

/** Attempts that a delivery is shown with. */
export const attemptsShownMax = 50;
/** Endpoints that one look for due deliveries asks for. */
export const endpointsPerLook = 500;

/** Where a page begins: before this time and, at it, before this id. */
export function pageBegin(before: string): { at: number; id: string } {
  const colon = before.indexOf(":");
  return colon < 0
    ? { at: Number.MAX_SAFE_INTEGER, id: "" }
    : { at: Number(before.slice(0, colon)), id: before.slice(colon + 1) };
}

/** Of the rows that a page looked at, newest first: those that it shows, and where the next one begins. */
export function pageOf(found: readonly SqlRow[], query: WebhookDeliveryQuery): { rows: SqlRow[]; next?: string } {
  const rows: SqlRow[] = [];
  let last: SqlRow | undefined;
  for (const row of found) {
    last = row;
    const fits =
      integer(row, "environment_id") === query.environmentId &&
      (query.state === undefined || integer(row, "state") === webhookStateCode[query.state]) &&
      (query.type === undefined || integer(row, "type") === webhookTypeCode[query.type]);
    if (fits) rows.push(row);
    if (rows.length === query.limit) break;
  }
  const more = found.length === scannedMax || rows.length === query.limit;
  return more && last !== undefined ? { rows, next: `${integer(last, "at")}:${text(last, "id")}` } : { rows };
}
