import type { OrderMark } from "../../../domain/order.ts";
import { type SqlRow, text, textOrNull } from "../columns.ts";

/** Of a row of `event`, `run` or `message`; undefined where it has no ordering key. */
export function orderMark(row: SqlRow): OrderMark | undefined {
  const key = textOrNull(row, "order_key");
  return key === null ? undefined : { key, place: text(row, "order_place") };
}
