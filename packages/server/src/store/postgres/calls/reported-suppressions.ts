import { type FeedbackReason, feedbackReasons } from "../../../domain/feedback.ts";
import { outweighs } from "../../sql/feedback.ts";
import type { ReportedMessage } from "../../sql/reported-message.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

const suppressedSql = `insert into suppression (environment_id, channel, address_hash, scope, value, reason, created_at)
  select environment_id, channel, address_hash, 'everything', '', reason, created_at
  from json_to_recordset($1) as r (environment_id int, channel smallint, address_hash text, reason text, created_at bigint)
  on conflict (environment_id, channel, address_hash, scope, value) do update set reason = excluded.reason where ${outweighs}`;

const liftedSql = `delete from suppression s
  using json_to_recordset($1) as r (environment_id int, channel smallint, address_hash text)
  where s.environment_id = r.environment_id and s.channel = r.channel and s.address_hash = r.address_hash
    and s.scope = 'everything' and s.value = '' and s.reason = 'soft_bounces' and ${few}`;

interface Address {
  environment_id: number;
  channel: number;
  address_hash: string;
}
interface Suppressed extends Address {
  reason: FeedbackReason;
  created_at: number;
}

/** Addresses that a call's reports end, and those that they give back. Of several reasons the weightiest is kept. */
export class ReportedSuppressions {
  readonly #suppressed = new Map<string, Suppressed>();
  readonly #lifted = new Map<string, Address>();

  add(message: ReportedMessage, reason: FeedbackReason, now: number): void {
    const address = addressOf(message);
    const known = this.#suppressed.get(placeOf(address));
    if (known !== undefined && weightOf(known.reason) <= weightOf(reason)) return;
    this.#suppressed.set(placeOf(address), { ...address, reason, created_at: now });
  }

  lift(message: ReportedMessage): void {
    const address = addressOf(message);
    this.#lifted.set(placeOf(address), address);
  }

  async write(sql: Session): Promise<void> {
    await Promise.all([
      this.#lifted.size === 0 ? 0 : sql.run(liftedSql, JSON.stringify(inOrder(this.#lifted))),
      this.#suppressed.size === 0 ? 0 : sql.run(suppressedSql, JSON.stringify(inOrder(this.#suppressed))),
    ]);
  }
}

const weightOf = (reason: FeedbackReason): number => feedbackReasons.indexOf(reason);

const addressOf = ({ environmentId, channelCode, addressHash }: ReportedMessage): Address => ({
  environment_id: environmentId,
  channel: channelCode,
  address_hash: addressHash,
});

/** Sorted by it, two calls never wait for each other's rows. */
const placeOf = (row: Address): string => `${row.environment_id}:${row.channel}:${row.address_hash}`;
const inOrder = <Row extends Address>(rows: ReadonlyMap<string, Row>): Row[] =>
  [...rows.values()].toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
