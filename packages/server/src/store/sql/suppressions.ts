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
}

/** SQL: the scope of the suppression `s` covers what is to be sent. A class or category never stops what is critical. */
export function covers(of: Sending): string {
  return `s.environment_id = ${of.environment} and s.channel = ${of.channel} and s.address_hash = ${of.address}
    and (s.scope = 'everything'
      or (s.scope = 'sender' and s.value = ${of.sender})
      or (${of.lane} <> ${laneCode.critical} and s.scope = 'class'
        and s.value = case ${of.lane} when ${laneCode.transactional} then 'transactional' else 'marketing' end)
      or (${of.lane} <> ${laneCode.critical} and s.scope = 'category' and s.value = ${of.category}))`;
}
