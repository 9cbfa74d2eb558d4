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
  movedTable(
    "soft_bounce",
    "environment_id channel address_hash",
    "environment_id:i channel:s address_hash:t delivered_at:b bounces:t",
  ),
  movedTable("unreadable_mail", "environment_id id", "environment_id:i id:u at:b way:t reason:t bytes:b message_id:u"),
  movedTable("dmarc_report", "environment_id report_hash", "environment_id:i report_hash:t day:i"),
  movedTable(
    "dmarc_source",
    "environment_id day domain source_ip disposition dkim_aligned spf_aligned",
    `environment_id:i day:i domain:t source_ip:t disposition:t dkim_aligned:s spf_aligned:s messages:b`,
  ),
  movedTable("feedback_once", "environment_id key_hash", "environment_id:i key_hash:t body_hash:t expires_at:b"),
  movedTable("attention", "environment_id recipient", "environment_id:i recipient:t entries:t"),
  movedTable(
    "engagement",
    "environment_id recipient category",
    "environment_id:i recipient:t category:t since:b engaged_at:b asked_at:b asked_by:t",
  ),
];
