import type { AttemptStart, StartResult } from "../../../ports/store/deliver.ts";
import { messageStateCode } from "../../sql/codes.ts";
import { overtakenSql, superseded } from "../../sql/collapse.ts";
import { integer, integerOrNull, type SqlRow, text } from "../../sql/columns.ts";
import { heldReason, optedOut } from "../../sql/opt-outs.ts";
import { type Ahead, behind, lookAgainAt } from "../../sql/order.ts";
import { covers } from "../../sql/suppressions.ts";
import type { CallContext } from "../context.ts";
import { few } from "../few.ts";
import { type Settled, settleAll } from "./settle.ts";
import { standBehind } from "./stand-behind.ts";

export const refusesSql = optedOut({
  environment: "message.environment_id",
  recipient: "message.recipient",
  channel: "message.channel",
  lane: "message.lane",
  category: "message.category",
  workflow: "message.workflow",
  tenant: "message.tenant",
});

export const covering = covers({
  environment: "message.environment_id",
  channel: "message.channel",
  address: "message.address_hash",
  sender: "r.sender",
  lane: "message.lane",
  category: "message.category",
  confirmsStop: "message.confirms_stop",
});

const standingSql = `select message.id, message.order_key, message.order_place, message.recipient, message.channel
  from json_to_recordset($1) as r (environment_id int, id uuid)
  join message on message.environment_id = r.environment_id and message.id = r.id and ${few} where message.order_key is not null`;

/** Lines are locked before rows, as they are by whoever settles a message: what it lets go is seen here, or put off before it looks. */
async function aheadOf({ sql }: CallContext, keys: string): Promise<ReadonlyMap<string, Ahead>> {
  const rows = await sql.all(standingSql, keys);
  const standing = rows.map((row) => ({
    id: text(row, "id"),
    order_key: text(row, "order_key"),
    order_place: text(row, "order_place"),
    recipient: text(row, "recipient"),
    channel: integer(row, "channel"),
  }));
  return standBehind(sql, standing);
}

/** What somebody else has locked is theirs: they hold its row, and wait for our lines. It is still due if they leave it so. */
const refusedSql = `select message.id, message.state, message.attempts, message.expires_at, message.order_key, ${refusesSql} as refuses,
    ${overtakenSql} as overtaken, exists (select 1 from suppression s where ${covering}) as covered
  from json_to_recordset($1) as r (environment_id int, id uuid, sender text)
  join message on message.environment_id = r.environment_id and message.id = r.id and ${few}
  order by message.id for update of message skip locked`;
const putOffSql = `update message set due_at = r.due_at, reason = '${behind}', holder = 0
  from json_to_recordset($1) as r (environment_id int, id uuid, due_at bigint)
  where message.environment_id = r.environment_id and message.id = r.id and ${few}`;

/** Finds out why the statement held messages back, and settles them where that is final. */
export async function refuse(
  context: CallContext,
  attempts: readonly AttemptStart[],
  results: Map<AttemptStart, StartResult>,
): Promise<void> {
  if (attempts.length === 0) return;
  const keys = JSON.stringify(attempts.map((attempt) => ({ ...keyOf(attempt), sender: attempt.call.integration })));
  const ahead = await aheadOf(context, keys);
  const rows = new Map((await context.sql.all(refusedSql, keys)).map((row) => [text(row, "id"), row]));
  const settled: Settled[] = [];
  const putOff: object[] = [];
  for (const attempt of attempts) {
    const { environmentId, messageId, number, call } = attempt;
    const row = rows.get(messageId);
    const isNext =
      row !== undefined && integer(row, "state") === messageStateCode.queued && integer(row, "attempts") === number - 1;
    if (!isNext) continue;
    const status = whyRefused(row, call.at, ahead.has(messageId));
    results.set(attempt, { status });
    const front = ahead.get(messageId);
    // Where nothing is in front of it any more, it is still due.
    if (status === "behind" && front !== undefined)
      putOff.push({ ...keyOf(attempt), due_at: lookAgainAt(front, call.at) });
    if (status !== "behind")
      settled.push({ environmentId, messageId, after: afterRefusal(row, status), at: call.at, integration: "" });
  }
  if (putOff.length > 0) await context.sql.run(putOffSql, JSON.stringify(putOff));
  await settleAll(context, settled);
}

function whyRefused(row: SqlRow, at: number, isBehind: boolean): "expired" | "superseded" | "behind" | "suppressed" {
  const expiresAt = integerOrNull(row, "expires_at");
  if (expiresAt !== null && expiresAt <= at) return "expired";
  if (row["overtaken"] === true) return "superseded";
  const isHeld = row["refuses"] === true || row["covered"] === true;
  return isBehind || (row["order_key"] !== null && !isHeld) ? "behind" : "suppressed";
}

function afterRefusal(row: SqlRow, status: "expired" | "superseded" | "suppressed"): Settled["after"] {
  if (status === "superseded") return superseded;
  return { state: status, reason: status === "expired" ? "expired" : heldReason(row["refuses"] === true) };
}

export const keyOf = ({ environmentId, messageId }: AttemptStart) => ({ environment_id: environmentId, id: messageId });
