import type { AttemptStart, StartResult } from "../../../ports/store/deliver.ts";
import { currentAttempt, startedAttempt } from "../../sql/attempts.ts";
import { messageStateCode } from "../../sql/codes.ts";
import { overtakenSql, superseded } from "../../sql/collapse.ts";
import { integer, integerOrNull } from "../../sql/columns.ts";
import { heldReason, optedOut } from "../../sql/opt-outs.ts";
import { isBehindSql } from "../../sql/order.ts";
import { covers } from "../../sql/suppressions.ts";
import { archiveAttempt } from "../attempts.ts";
import type { Call, CallContext } from "../context.ts";
import { settle } from "./settle.ts";
import { standsBehind } from "./stands-behind.ts";

const suppressed = `exists (select 1 from suppression s where ${covers({
  environment: "message.environment_id",
  channel: "message.channel",
  address: "message.address_hash",
  sender: "?",
  lane: "message.lane",
  category: "message.category",
  confirmsStop: "message.confirms_stop",
})})`;

const refusesSql = optedOut({
  environment: "message.environment_id",
  recipient: "message.recipient",
  channel: "message.channel",
  lane: "message.lane",
  category: "message.category",
  workflow: "message.workflow",
  tenant: "message.tenant",
});

const startedSql = `update message set state = ${messageStateCode.sending}, attempts = ?, attempt = ?, first_attempt_at = coalesce(first_attempt_at, ?)
     where id = ? and state = ${messageStateCode.queued} and attempts = ? and (expires_at is null or expires_at > ?) and not ${suppressed} and not ${refusesSql}
       and not ${overtakenSql} and not ${isBehindSql()}`;
const refusedSql = `select state, attempts, expires_at, ${refusesSql} as refuses, ${overtakenSql} as overtaken from message where id = ?`;

/**
 * STARTED: the last point at which a message can be held back. Expiry and suppression are checked inside the statement,
 * and what the recipient has said no to, so that nothing starts after an opt-out that was committed before it.
 */
export const startAttempts: Call<"startAttempts"> = (context, { attempts }) =>
  attempts.map((attempt) => start(context, attempt));

function start(context: CallContext, attempt: AttemptStart): StartResult {
  const { database } = context;
  const before =
    attempt.number > 1 ? database.get("select attempt from message where id = ?", attempt.messageId) : undefined;
  const started = database.run(
    startedSql,
    attempt.number,
    startedAttempt(attempt.call, attempt.number),
    attempt.call.at,
    attempt.messageId,
    attempt.number - 1,
    attempt.call.at,
    attempt.call.integration,
  );
  if (started === 0) return refuse(context, attempt);
  const earlier = before === undefined ? undefined : currentAttempt(before);
  if (earlier !== undefined) archiveAttempt(database, attempt.messageId, earlier);
  return { status: "started" };
}

/** Finds out why the statement held the message back, and settles it where that is final. */
function refuse(context: CallContext, attempt: AttemptStart): StartResult {
  const row = context.database.get(refusedSql, attempt.messageId);
  if (
    row === undefined ||
    integer(row, "state") !== messageStateCode.queued ||
    integer(row, "attempts") !== attempt.number - 1
  ) {
    return { status: "lost" };
  }
  if (integer(row, "overtaken") === 1) {
    settle(context, attempt.messageId, superseded, attempt.call.at, "");
    return { status: "superseded" };
  }
  const expiresAt = integerOrNull(row, "expires_at");
  const isExpired = expiresAt !== null && expiresAt <= attempt.call.at;
  if (!isExpired && standsBehind(context.database, attempt.messageId, attempt.call.at)) return { status: "behind" };
  const status = isExpired ? ("expired" as const) : ("suppressed" as const);
  settle(
    context,
    attempt.messageId,
    { state: status, reason: status === "expired" ? "expired" : heldReason(integer(row, "refuses") === 1) },
    attempt.call.at,
    "",
  );
  return { status };
}
