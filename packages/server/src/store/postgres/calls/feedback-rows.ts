import { isEngagement } from "../../../domain/feedback.ts";
import type { SoftBounceRule } from "../../../domain/soft-bounces.ts";
import type { FeedbackReport } from "../../../ports/store/feedback.ts";
import { integer } from "../../sql/columns.ts";
import { countReport } from "../../sql/count-report.ts";
import { isId } from "../../sql/is-id.ts";
import { ReportedMessage, reportedColumns } from "../../sql/reported-message.ts";
import type { CallContext } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { storable } from "../storable.ts";
import { letNextGo, lineColumns } from "./let-next-go.ts";
import { ReportedSuppressions } from "./reported-suppressions.ts";
import { SoftBounceRows } from "./soft-bounce-rows.ts";
import { type Engaged, writeEngaged } from "./sunset.ts";

type MessageKey = Pick<FeedbackReport, "environmentId" | "messageId">;

/** Rows come locked in the order of the keys, which is that of ids in all calls: two never wait for each other. */
const lockedSql = `select message.* from json_to_recordset($1) as r (environment_id int, id uuid)
  cross join lateral (
    select ${reportedColumns} from message where environment_id = r.environment_id and id = r.id for update
  ) as message`;

/** A report ends what the pipeline still had open: a retry of a message that was delivered would double it. */
const writtenSql = `update message set state = r.state, settled_at = r.settled_at, reason = r.reason, reported = r.reported,
    due_at = case when r.moved then null else message.due_at end,
    holder = case when r.moved and message.due_at is not null then 0 else message.holder end,
    sent_at = r.sent_at, delivered_at = r.delivered_at, opened_at = r.opened_at, clicked_at = r.clicked_at, read_at = r.read_at,
    complained_at = r.complained_at
  from json_to_recordset($1) as r (environment_id int, id uuid, state smallint, settled_at bigint, reason text, moved boolean,
    reported smallint, sent_at bigint, delivered_at bigint, opened_at bigint, clicked_at bigint, read_at bigint, complained_at bigint)
  where message.environment_id = r.environment_id and message.id = r.id and ${few}
  returning message.due_at, message.settled_at, ${lineColumns}`;

/** The messages that one call reports about: locked and read once, moved in memory, written once. */
export class FeedbackRows {
  readonly #messages = new Map<string, ReportedMessage>();
  readonly #suppressions = new ReportedSuppressions();
  readonly #softBounces = new SoftBounceRows();
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
  apply(context: CallContext, report: FeedbackReport, now: number, rule?: SoftBounceRule | undefined): boolean {
    const message = this.find(report);
    if (message === undefined) return false;
    const { environmentId, messageId, kind } = report;
    const { sentAt } = message;
    const said = message.apply({ ...report, code: storable(report.code) });
    const { labels, recipient } = message;
    if (isEngagement(kind) && labels.lane === "marketing")
      this.#engaged.push({ environment_id: environmentId, recipient, category: labels.category, at: report.at });
    if (said.suppresses !== undefined) this.#suppressions.add(message, said.suppresses, now);
    if (rule !== undefined) this.#softBounces.add(message, report, rule);
    if (said.next !== undefined) context.webhooks.state(environmentId, message.tenant, messageId, said.next, now);
    if (said.told !== undefined) context.webhooks.event(environmentId, message.tenant, messageId, said.told, now);
    countReport(context, message, said, { sentAt, report, now });
    return true;
  }

  async write(sql: Session, now: number): Promise<void> {
    const changed = [...this.#messages.values()].filter((message) => message.changed);
    const [written, verdicts] = await Promise.all([
      changed.length === 0 ? [] : sql.all(writtenSql, JSON.stringify(changed.map(({ columns }) => columns))),
      this.#softBounces.write(sql),
      writeEngaged(sql, this.#engaged),
    ]);
    for (const { message, verdict } of verdicts) {
      if (verdict === "suppress") this.#suppressions.add(message, "soft_bounces", now);
      else this.#suppressions.lift(message);
    }
    await this.#suppressions.write(sql);
    const ended = written.filter((row) => row["due_at"] === null && row["settled_at"] !== null);
    if (ended[0] !== undefined) await letNextGo(sql, ended, integer(ended[0], "settled_at"));
  }
}

const nameOf = ({ environmentId, messageId }: MessageKey): string => `${environmentId}:${messageId}`;
