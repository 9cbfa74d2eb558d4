import { isEngagement } from "../../../domain/feedback.ts";
import type { FeedbackReport } from "../../../ports/store/feedback.ts";
import { integer } from "../../sql/columns.ts";
import { isId } from "../../sql/is-id.ts";
import type { CallContext } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { letNextGo, lineColumns } from "./let-next-go.ts";
import { ReportedMessage } from "./reported-message.ts";
import { type Engaged, writeEngaged } from "./sunset.ts";

type MessageKey = Pick<FeedbackReport, "environmentId" | "messageId">;

/** Rows come locked in the order of the keys, which is that of ids in all calls: two never wait for each other. */
const lockedSql = `select message.* from json_to_recordset($1) as r (environment_id int, id uuid)
  cross join lateral (
    select environment_id, id, state, channel, lane, category, tenant, event_id, expanded, recipient, address_hash, attempt, settled_at, reason,
      delivered_at, opened_at, clicked_at, read_at, complained_at
    from message where environment_id = r.environment_id and id = r.id for update
  ) as message`;

/** A report ends what the pipeline still had open: a retry of a message that was delivered would double it. */
const writtenSql = `update message set state = r.state, settled_at = r.settled_at, reason = r.reason,
    due_at = case when r.moved then null else message.due_at end,
    holder = case when r.moved and message.due_at is not null then 0 else message.holder end,
    delivered_at = r.delivered_at, opened_at = r.opened_at, clicked_at = r.clicked_at, read_at = r.read_at,
    complained_at = r.complained_at
  from json_to_recordset($1) as r (environment_id int, id uuid, state smallint, settled_at bigint, reason text, moved boolean,
    delivered_at bigint, opened_at bigint, clicked_at bigint, read_at bigint, complained_at bigint)
  where message.environment_id = r.environment_id and message.id = r.id and ${few}
  returning message.due_at, message.settled_at, ${lineColumns}`;

const suppressedSql = `insert into suppression (environment_id, channel, address_hash, scope, value, reason, created_at)
  select environment_id, channel, address_hash, 'everything', '', reason, created_at
  from json_to_recordset($1) as r (environment_id int, channel smallint, address_hash text, reason text, created_at bigint)
  on conflict do nothing`;

interface Suppressed {
  environment_id: number;
  channel: number;
  address_hash: string;
  reason: string;
  created_at: number;
}

/** The messages that one call reports about: locked and read once, moved in memory, written once. */
export class FeedbackRows {
  readonly #messages = new Map<string, ReportedMessage>();
  readonly #suppressed: Suppressed[] = [];
  readonly #engaged: Engaged[] = [];

  private constructor() {}

  static async lock(sql: Session, keys: readonly MessageKey[]): Promise<FeedbackRows> {
    const rows = new FeedbackRows();
    const distinct = new Map(keys.filter(({ messageId }) => isId(messageId)).map((key) => [nameOf(key), key]));
    if (distinct.size === 0) return rows;
    const sorted = [...distinct.values()].toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1));
    const asked = sorted.map(({ environmentId, messageId }) => ({ environment_id: environmentId, id: messageId }));
    for (const row of await sql.all(lockedSql, JSON.stringify(asked))) {
      const message = new ReportedMessage(row);
      rows.#messages.set(nameOf({ environmentId: message.environmentId, messageId: message.id }), message);
    }
    return rows;
  }

  find(key: MessageKey): ReportedMessage | undefined {
    return this.#messages.get(nameOf(key));
  }

  /** False where there is no such message. What is new about it is counted and told. */
  apply(context: CallContext, report: FeedbackReport, now: number): boolean {
    const message = this.find(report);
    if (message === undefined) return false;
    const { environmentId, messageId, kind } = report;
    const said = message.apply(report);
    const { labels, recipient } = message;
    if (isEngagement(kind) && labels.lane === "marketing")
      this.#engaged.push({ environment_id: environmentId, recipient, category: labels.category, at: report.at });
    if (said.suppresses) {
      this.#suppressed.push({
        environment_id: environmentId,
        channel: message.channelCode,
        address_hash: message.addressHash,
        reason: kind,
        created_at: now,
      });
    }
    if (said.next !== undefined) context.webhooks.state(environmentId, message.tenant, messageId, said.next, now);
    if (said.told !== undefined) context.webhooks.event(environmentId, message.tenant, messageId, said.told, now);
    if (said.counts) context.count(labels, kind, now, message.integration);
    return true;
  }

  async write(sql: Session): Promise<void> {
    const changed = [...this.#messages.values()].filter((message) => message.changed);
    const suppressed = this.#suppressed.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    const [written] = await Promise.all([
      changed.length === 0 ? [] : sql.all(writtenSql, JSON.stringify(changed.map(({ columns }) => columns))),
      suppressed.length === 0 ? 0 : sql.run(suppressedSql, JSON.stringify(suppressed)),
      writeEngaged(sql, this.#engaged),
    ]);
    const ended = written.filter((row) => row["due_at"] === null && row["settled_at"] !== null);
    if (ended[0] !== undefined) await letNextGo(sql, ended, integer(ended[0], "settled_at"));
  }
}

const nameOf = ({ environmentId, messageId }: MessageKey): string => `${environmentId}:${messageId}`;
/** Sorted by it, two calls never wait for each other's rows. */
const placeOf = (row: Suppressed): string => `${row.environment_id}:${row.channel}:${row.address_hash}`;
