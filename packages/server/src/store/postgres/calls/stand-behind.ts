import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { channelCode } from "../../sql/codes.ts";
import { integerOrNull, text } from "../../sql/columns.ts";
import { type Ahead, dueAhead, lineOf, messageAhead, otherAhead } from "../../sql/order.ts";
import type { Session } from "../session.ts";
import { lockTexts } from "./lock-texts.ts";

const aheadSql = `select r.id, ${messageAhead("r")} as message, ${otherAhead("r")} as other, ${dueAhead("r")} as due
  from json_to_recordset($1) as r (id uuid, order_key text, recipient text, channel smallint, order_place text)`;

/** A message that is to start, as far as its order goes. */
export interface Standing {
  id: string;
  order_key: string;
  order_place: string;
  recipient: string;
  channel: number;
}

export const lineName = ({ order_key, channel, recipient }: Omit<Standing, "id" | "order_place">): string =>
  `${order_key} ${channel} ${recipient}`;

/**
 * Those that may not start yet, by their ids. Until this transaction ends nobody else starts or settles a message of the same
 * lines, or what they do is seen here: whoever settles one then finds what was put off.
 */
export async function standBehind(sql: Session, standing: readonly Standing[]): Promise<ReadonlyMap<string, Ahead>> {
  const found = new Map<string, Ahead>();
  if (standing.length === 0) return found;
  await lockTexts(sql, standing.map(lineName));
  for (const row of await sql.all(aheadSql, JSON.stringify(standing))) {
    const isMessage = row["message"] === true;
    if (isMessage || row["other"] === true) found.set(text(row, "id"), { isMessage, dueAt: integerOrNull(row, "due") });
  }
  return found;
}

/** Of messages that are written together those that may not start, by what is written with them or stands there already. */
export async function behindOthers(
  sql: Session,
  messages: readonly NewMessage[],
): Promise<ReadonlyMap<string, Ahead> | undefined> {
  const starting = messages.filter(({ order, start }) => order !== undefined && start !== null);
  if (starting.length === 0) return undefined;
  const first = new Map<string, string>();
  for (const message of messages) {
    const line = lineOf(message);
    const place = message.order?.place ?? "";
    if (line !== undefined && !((first.get(line) ?? place) < place)) first.set(line, place);
  }
  const standing = starting.flatMap(({ id, order, recipient, origin }) =>
    order === undefined
      ? []
      : [{ id, order_key: order.key, order_place: order.place, recipient, channel: channelCode[origin.channel] }],
  );
  const found = new Map(await standBehind(sql, standing));
  for (const message of starting) {
    const line = lineOf(message);
    if (line !== undefined && (first.get(line) ?? "") < (message.order?.place ?? ""))
      found.set(message.id, { isMessage: true, dueAt: null });
  }
  return found;
}
