import {
  joined,
  type SoftBounceRule,
  type SoftBounces,
  verdictOf,
  writeBounces,
} from "../../../domain/soft-bounces.ts";
import type { FeedbackReport } from "../../../ports/store/feedback.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import type { ReportedMessage } from "../../sql/reported-message.ts";
import { softBouncesOf, toldOf } from "../../sql/soft-bounces.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

/**
 * Locks the rows of addresses about which there is news, and writes when something was delivered. Given back is what has
 * soft-bounced, or does now ($2): hardly any. Rows come in the order of the key, so that two calls never wait for each other.
 */
const deliveredSql = `with noted as (
    insert into soft_bounce (environment_id, channel, address_hash, delivered_at, bounces)
    select environment_id, channel, address_hash, delivered_at, ''
    from json_to_recordset($1) as r (environment_id int, channel smallint, address_hash text, delivered_at bigint)
    on conflict (environment_id, channel, address_hash)
      do update set delivered_at = greatest(soft_bounce.delivered_at, excluded.delivered_at)
      where excluded.delivered_at > coalesce(soft_bounce.delivered_at, -1) or excluded.address_hash = any ($2::text[])
    returning environment_id, channel, address_hash, delivered_at, bounces
  )
  select * from noted where bounces <> '' or address_hash = any ($2::text[])`;

const writtenSql = `update soft_bounce set bounces = r.bounces
  from json_to_recordset($1) as r (environment_id int, channel smallint, address_hash text, bounces text)
  where soft_bounce.environment_id = r.environment_id and soft_bounce.channel = r.channel
    and soft_bounce.address_hash = r.address_hash and ${few}`;

interface Told {
  /** One of those to the address. */
  message: ReportedMessage;
  state: SoftBounces;
  rule: SoftBounceRule;
}

export interface AddressVerdict {
  message: ReportedMessage;
  verdict: "suppress" | "lift";
}

/** What a call's reports say of addresses: joined in memory, and written once. */
export class SoftBounceRows {
  readonly #told = new Map<string, Told>();

  add(message: ReportedMessage, report: FeedbackReport, rule: SoftBounceRule): void {
    const state = toldOf(message, report);
    if (state === undefined) return;
    const name = nameOf(message.environmentId, message.channelCode, message.addressHash);
    const known = this.#told.get(name);
    if (known === undefined) this.#told.set(name, { message, state, rule });
    else known.state = joined(known.state, state);
  }

  /** Gives what follows for addresses. */
  async write(sql: Session): Promise<AddressVerdict[]> {
    if (this.#told.size === 0) return [];
    const sorted = [...this.#told].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, told]) => told);
    const bounced = sorted.filter(({ state }) => state.bounces.length > 0);
    const hashes = bounced.map(({ message }) => message.addressHash);
    const found = await sql.all(deliveredSql, JSON.stringify(sorted.map(deliveredRow)), hashes);
    const written: ReturnType<typeof bouncesRow>[] = [];
    const verdicts: AddressVerdict[] = [];
    for (const row of found) {
      const told = this.#told.get(nameOfRow(row));
      if (told === undefined) continue;
      const before = softBouncesOf(row);
      const after = joined(before, told.state);
      if (writeBounces(after.bounces) === text(row, "bounces")) continue;
      written.push(bouncesRow(told.message, after));
      const verdict = verdictOf(before, after, told.rule);
      if (verdict !== undefined) verdicts.push({ message: told.message, verdict });
    }
    if (written.length > 0) await sql.run(writtenSql, JSON.stringify(written));
    return verdicts;
  }
}

const nameOf = (environmentId: number, channel: number, hash: string) => `${environmentId}:${channel}:${hash}`;
const nameOfRow = (row: SqlRow) =>
  nameOf(integer(row, "environment_id"), integer(row, "channel"), text(row, "address_hash"));

const keyOf = ({ environmentId, channelCode, addressHash }: ReportedMessage) => ({
  environment_id: environmentId,
  channel: channelCode,
  address_hash: addressHash,
});
const deliveredRow = ({ message, state }: Told) => ({ ...keyOf(message), delivered_at: state.deliveredAt });
const bouncesRow = (message: ReportedMessage, { bounces }: SoftBounces) => ({
  ...keyOf(message),
  bounces: writeBounces(bounces),
});
