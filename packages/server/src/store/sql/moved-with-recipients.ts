import { type MovedTable, movedTable } from "./moved-table.ts";

/** What is kept beside recipients' rows, by whom it is about. */
export const movedWithRecipients: readonly MovedTable[] = [
  movedTable(
    "opt_out",
    "environment_id recipient legal scope value channel",
    "environment_id:i recipient:t legal:s scope:t value:t channel:s rank:b refuses:s",
  ),
  movedTable("attention", "environment_id recipient", "environment_id:i recipient:t entries:t"),
  movedTable(
    "engagement",
    "environment_id recipient category",
    "environment_id:i recipient:t category:t since:b engaged_at:b asked_at:b asked_by:t",
  ),
];
