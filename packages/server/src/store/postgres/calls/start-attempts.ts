import type { AttemptStart, StartResult } from "../../../ports/store/deliver.ts";
import { currentAttempt, startedAttempt } from "../../sql/attempts.ts";
import { messageStateCode } from "../../sql/codes.ts";
import { overtakenSql } from "../../sql/collapse.ts";
import { text } from "../../sql/columns.ts";
import { inRounds } from "../../sql/in-rounds.ts";
import { isBehindSql } from "../../sql/order.ts";
import type { Call, CallContext } from "../context.ts";
import { few } from "../few.ts";
import { archiveAttempts } from "./archive-attempts.ts";
import { covering, keyOf, refuse, refusesSql } from "./refuse-attempts.ts";

/**
 * STARTED: the last point at which a message can be held back. Expiry and suppression are checked inside the statement,
 * so that nothing starts after an opt-out that was committed before it.
 */
export const startAttempts: Call<"startAttempts"> = async (context, { attempts }) => {
  const results = new Map<AttemptStart, StartResult>();
  for (const round of inRounds(attempts, ({ messageId }) => messageId)) await startRound(context, round, results);
  return attempts.map((attempt) => results.get(attempt) ?? { status: "lost" });
};

const startedSql = `update message set state = ${messageStateCode.sending}, holder = $2, attempts = r.number, attempt = r.attempt,
    first_attempt_at = coalesce(message.first_attempt_at, r.at)
  from json_to_recordset($1) as r (environment_id int, id uuid, number int, at bigint, sender text, attempt text)
  where message.environment_id = r.environment_id and message.id = r.id and ${few} and message.state = ${messageStateCode.queued}
    and message.attempts = r.number - 1 and (message.expires_at is null or message.expires_at > r.at)
    and not exists (select 1 from suppression s where ${covering}) and not ${refusesSql} and not ${overtakenSql} and not ${isBehindSql()}
  returning message.id`;

const beforeSql = `select message.id, message.attempt
  from json_to_recordset($1) as r (environment_id int, id uuid)
  join message on message.environment_id = r.environment_id and message.id = r.id and ${few}
  where message.state = ${messageStateCode.queued} order by message.id for update of message`;

async function startRound(
  context: CallContext,
  attempts: readonly AttemptStart[],
  results: Map<AttemptStart, StartResult>,
): Promise<void> {
  const { sql, holding } = context;
  const sorted = attempts.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1));
  const repeated = sorted.filter(({ number }) => number > 1);
  const before = repeated.length === 0 ? [] : await sql.all(beforeSql, JSON.stringify(repeated.map(keyOf)));
  const rows = sorted.map((attempt) => ({
    ...keyOf(attempt),
    number: attempt.number,
    at: attempt.call.at,
    sender: attempt.call.integration,
    attempt: startedAttempt(attempt.call, attempt.number),
  }));
  const found = await sql.all(startedSql, JSON.stringify(rows), holding.number);
  const started = new Set(found.map((row) => text(row, "id")));
  const earlier = new Map(before.map((row) => [text(row, "id"), currentAttempt(row)]));
  await archiveAttempts(
    sql,
    repeated.flatMap(({ environmentId, messageId }) => {
      const attempt = started.has(messageId) ? earlier.get(messageId) : undefined;
      return attempt === undefined ? [] : [{ environmentId, messageId, attempt }];
    }),
  );
  for (const attempt of sorted) if (started.has(attempt.messageId)) results.set(attempt, { status: "started" });
  await refuse(
    context,
    sorted.filter(({ messageId }) => !started.has(messageId)),
    results,
  );
}
