import type { AttemptStart, StartResult } from "../../../ports/store/deliver.ts";
import { archiveAttempt, type CurrentAttempt, currentAttempt } from "../attempts.ts";
import { laneCode, messageStateCode } from "../codes.ts";
import type { Call, CallContext } from "../context.ts";
import { integer, integerOrNull } from "../rows.ts";
import { settle } from "./settle.ts";

/** Suppressions whose scope covers the message. A class or category never stops what is critical. */
const suppressed = `exists (
  select 1 from suppression s
  where s.environment_id = message.environment_id and s.channel = message.channel and s.address_hash = message.address_hash
    and (s.scope = 'everything'
      or (s.scope = 'sender' and s.value = ?)
      or (message.lane <> ${laneCode.critical} and s.scope = 'class' and s.value = case message.lane when ${laneCode.transactional} then 'transactional' else 'marketing' end)
      or (message.lane <> ${laneCode.critical} and s.scope = 'category' and s.value = message.category)))`;

/**
 * STARTED: the last point at which a message can be held back. Expiry and suppression are checked inside the statement,
 * so that nothing starts after an opt-out that was committed before it.
 */
export const startAttempts: Call<"startAttempts"> = (context, { attempts }) =>
  attempts.map((attempt) => start(context, attempt));

function start(context: CallContext, attempt: AttemptStart): StartResult {
  const { database } = context;
  const before =
    attempt.number > 1 ? database.get("select attempt from message where id = ?", attempt.messageId) : undefined;
  const json: CurrentAttempt = {
    number: attempt.number,
    call: attempt.callId,
    integration: attempt.integration,
    node: attempt.node,
    started: attempt.at,
    lease: attempt.leaseUntil,
  };
  const started = database.run(
    `update message set state = ${messageStateCode.sending}, attempts = ?, attempt = ?, first_attempt_at = coalesce(first_attempt_at, ?)
     where id = ? and state = ${messageStateCode.queued} and attempts = ? and (expires_at is null or expires_at > ?) and not ${suppressed}`,
    attempt.number,
    JSON.stringify(json),
    attempt.at,
    attempt.messageId,
    attempt.number - 1,
    attempt.at,
    attempt.integration,
  );
  if (started === 0) return refuse(context, attempt);
  const earlier = before === undefined ? undefined : currentAttempt(before);
  if (earlier !== undefined) archiveAttempt(database, attempt.messageId, earlier);
  return { status: "started" };
}

/** Finds out why the statement held the message back, and settles it where that is final. */
function refuse(context: CallContext, attempt: AttemptStart): StartResult {
  const row = context.database.get(
    `select state, attempts, expires_at, ${suppressed} as suppressed from message where id = ?`,
    attempt.integration,
    attempt.messageId,
  );
  if (
    row === undefined ||
    integer(row, "state") !== messageStateCode.queued ||
    integer(row, "attempts") !== attempt.number - 1
  ) {
    return { status: "lost" };
  }
  const expiresAt = integerOrNull(row, "expires_at");
  const status = expiresAt !== null && expiresAt <= attempt.at ? ("expired" as const) : ("suppressed" as const);
  settle(
    context,
    attempt.messageId,
    { state: status, reason: status === "expired" ? "expired" : "suppressed_at_start" },
    attempt.at,
    "",
  );
  return { status };
}
