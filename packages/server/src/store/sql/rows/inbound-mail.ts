import { dispositions } from "../../../domain/inbound-mail/dmarc-report.ts";
import { inboundWays, unreadableReasons } from "../../../domain/inbound-mail/inbound-result.ts";
import type { DmarcSourceRow, UnreadableMailRow } from "../../../ports/store/inbound-mail.ts";
import { integer, type SqlRow, text, textOrNull, word } from "../columns.ts";

export function unreadableMailRow(row: SqlRow): UnreadableMailRow {
  return {
    environmentId: integer(row, "environment_id"),
    id: text(row, "id"),
    at: integer(row, "at"),
    way: word(row, "way", inboundWays),
    reason: word(row, "reason", unreadableReasons),
    bytes: integer(row, "bytes"),
    messageId: textOrNull(row, "message_id"),
  };
}

export function dmarcSourceRow(row: SqlRow): DmarcSourceRow {
  return {
    environmentId: integer(row, "environment_id"),
    day: integer(row, "day"),
    domain: text(row, "domain"),
    sourceIp: text(row, "source_ip"),
    disposition: word(row, "disposition", dispositions),
    dkimAligned: integer(row, "dkim_aligned") === 1,
    spfAligned: integer(row, "spf_aligned") === 1,
    messages: integer(row, "messages"),
  };
}
