import { pausedReason } from "../../../domain/pause.ts";
import { messageStateCode } from "../../sql/codes.ts";
import { keptUntilSql, lookAgainMs } from "../../sql/pauses.ts";
import type { Call } from "../context.ts";

const pauseSql = `select 1 from pause where environment_id = ? and id = ? and ended_at is null and (ends_at is null or ends_at > ?)`;
const open = `id = ? and state = ${messageStateCode.queued} and attempts = ?`;
const keptSql = `update message set due_at = ${keptUntilSql}, reason = '${pausedReason}', pause_id = ? where ${open}`;
const putOffSql = `update message set due_at = ? where ${open}`;

/** Whether the pause is in force is asked here: what it keeps is let go by who ends it, so nothing may come after. */
export const holdMessages: Call<"holdMessages"> = ({ database }, { holds }) =>
  holds.map(({ environmentId, messageId, attempts, pauseId, at }) => {
    const isInForce = database.get(pauseSql, environmentId, pauseId, at) !== undefined;
    if (isInForce) return database.run(keptSql, pauseId, messageId, attempts) === 0 ? "lost" : "held";
    return database.run(putOffSql, at + lookAgainMs, messageId, attempts) === 0 ? "lost" : "over";
  });
