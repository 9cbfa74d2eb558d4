import { type MovedTable, movedTable } from "./moved-table.ts";

/** What recipients have said, and how they answer, as it is moved; see `moved-tables.ts`. */
export const choiceTables: readonly MovedTable[] = [
  movedTable(
    "opt_out",
    "environment_id recipient legal scope value channel",
    "environment_id:i recipient:t legal:s scope:t value:t channel:s rank:b refuses:s",
  ),
  movedTable(
    "consent",
    "environment_id recipient id",
    "environment_id:i recipient:t id:t purpose:t channel:s action:t at:b recorded_at:b sealed:t",
  ),
  movedTable(
    "suppression",
    "environment_id channel address_hash scope value",
    "environment_id:i channel:s address_hash:t scope:t value:t reason:t created_at:b",
  ),
  movedTable(
    "keyword",
    "environment_id channel address_hash scope value",
    "environment_id:i channel:s address_hash:t scope:t value:t at:b stops:s",
  ),
  movedTable(
    "keyword_answer",
    "environment_id channel address_hash",
    "environment_id:i channel:s address_hash:t answers:t",
  ),
  movedTable("attention", "environment_id recipient", "environment_id:i recipient:t entries:t"),
  movedTable(
    "engagement",
    "environment_id recipient category",
    "environment_id:i recipient:t category:t since:b engaged_at:b asked_at:b asked_by:t",
  ),
];
