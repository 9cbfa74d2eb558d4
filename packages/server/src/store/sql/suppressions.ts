import { keywordReason } from "../../domain/keyword-answer.ts";
import { laneCode } from "./codes.ts";

/** Columns or numbered parameters of a statement that tell what is to be sent. */
export interface Sending {
  environment: string;
  channel: string;
  address: string;
  /** The integration. */
  sender: string;
  lane: string;
  category: string;
  /** When the STOP was written that it confirms, or answers after; null for nearly all. */
  confirmsStop: string;
}

/**
 * SQL: the scope of the suppression `s` covers what is to be sent. A class or category never stops what is critical. The one
 * that a STOP has just written, by its word and its moment, does not cover the message that confirms this STOP; all others do.
 */
export function covers(of: Sending): string {
  return `s.environment_id = ${of.environment} and s.channel = ${of.channel} and s.address_hash = ${of.address}
    and (s.scope = 'everything'
      or (s.scope = 'sender' and s.value = ${of.sender}
        and not (s.reason = '${keywordReason}' and s.created_at = coalesce(${of.confirmsStop}, -1)))
      or (${of.lane} <> ${laneCode.critical} and s.scope = 'class'
        and s.value = case ${of.lane} when ${laneCode.transactional} then 'transactional' else 'marketing' end)
      or (${of.lane} <> ${laneCode.critical} and s.scope = 'category' and s.value = ${of.category}))`;
}
