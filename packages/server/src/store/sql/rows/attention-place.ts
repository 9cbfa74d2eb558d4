import type { AttentionPlace } from "../../../ports/store/attention.ts";
import { integer, type SqlRow, text } from "../columns.ts";

/** In front of all recipients. */
export const firstPlace: AttentionPlace = { environmentId: -1, recipient: "" };

export const attentionPlace = (row: SqlRow): AttentionPlace => ({
  environmentId: integer(row, "environment_id"),
  recipient: text(row, "recipient"),
});
