import { consentActionSchema } from "@tidings/contract/consents";
import { channels } from "@tidings/contract/words";
import type { OptOut } from "../../domain/policy/opt-outs.ts";
import type { ConsentRow } from "../../ports/store/choices.ts";
import { channelCode, laneCode, wordAt } from "./codes.ts";
import { integer, type SqlRow, text } from "./columns.ts";

/** Columns or parameters of a statement that tell what is to be sent, and to whom. */
export interface Starting {
  environment: string;
  recipient: string;
  channel: string;
  lane: string;
  category: string;
  workflow: string;
  tenant: string;
}

/** All channels. */
export const anyChannel = -1;

const firstOf = (of: Starting, legal: 0 | 1, fits: string): string =>
  `coalesce((select o.refuses from opt_out o where o.environment_id = ${of.environment} and o.recipient = ${of.recipient}
      and o.legal = ${legal} and o.channel in (${anyChannel}, ${of.channel}) and (${fits})
      order by o.rank desc, o.refuses desc limit 1), 0) = 1`;

/**
 * SQL: the recipient has said no to what is to be sent. The first look spares the others for everybody who has not. As in
 * domain/policy: the latest consent decides, then the most telling choice, and what is critical is mandatory.
 */
export function optedOut(of: Starting): string {
  const className = `case ${of.lane} when ${laneCode.transactional} then 'transactional' else 'marketing' end`;
  const isNotCritical = `${of.lane} <> ${laneCode.critical}`;
  const legal = `o.scope = 'everything' or (${isNotCritical} and o.scope = 'purpose' and o.value in (${of.category}, ${className}))`;
  const chosen = `o.scope = 'environment' or (o.scope = 'tenant' and o.value = ${of.tenant})
      or (o.scope = 'category' and o.value = ${of.category}) or (o.scope = 'workflow' and o.value = ${of.workflow})`;
  return `(exists (select 1 from opt_out o where o.environment_id = ${of.environment} and o.recipient = ${of.recipient})
    and (${firstOf(of, 1, legal)} or (${isNotCritical} and ${firstOf(of, 0, chosen)})))`;
}

/** SQL: a line may be about what is to be sent. Far from all that somebody said is, and of the others nothing has to be asked. */
export const concerns = (of: Pick<Starting, "channel" | "category" | "workflow" | "tenant">): string =>
  `o.channel in (${anyChannel}, ${of.channel}) and (o.legal = 1 or o.scope = 'environment' or (o.scope = 'tenant' and o.value = ${of.tenant})
      or (o.scope = 'category' and o.value = ${of.category}) or (o.scope = 'workflow' and o.value = ${of.workflow}))`;

/** Why a message was held back when its attempt was to start. */
export const heldReason = (refuses: boolean) => (refuses ? "opted_out_at_start" : "suppressed_at_start");

/** A line as both engines store it. */
export function optOutValues({ legal, scope, value, channel, rank, off }: OptOut) {
  return {
    legal: legal ? 1 : 0,
    scope,
    value,
    channel: storedChannel(channel),
    rank,
    refuses: off ? 1 : 0,
  };
}

export const storedChannel = (channel: OptOut["channel"]): number =>
  channel === null ? anyChannel : channelCode[channel];

export function consentOfRow(row: SqlRow): ConsentRow {
  const channel = integer(row, "channel");
  return {
    id: text(row, "id"),
    purpose: text(row, "purpose"),
    channel: channel === anyChannel ? null : wordAt(channels, channel),
    action: consentActionSchema.parse(text(row, "action")),
    at: integer(row, "at"),
    recordedAt: integer(row, "recorded_at"),
    sealed: text(row, "sealed"),
  };
}
