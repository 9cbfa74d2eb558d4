import { pausedReason } from "../../../domain/pause.ts";
import type { Hold } from "../../../ports/store/pauses.ts";
import { messageStateCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import { keptUntilSql, lookAgainMs } from "../../sql/pauses.ts";
import type { Call } from "../context.ts";
import { few } from "../few.ts";
import { sharePauses } from "./lock-pauses.ts";

const inForceSql = `select id from pause
  where (environment_id, id) in (select environment_id, id from json_to_recordset($1) as r (environment_id int, id uuid))
    and ended_at is null and (ends_at is null or ends_at > $2)`;
const lockedSql = `select message.id from json_to_recordset($1) as r (environment_id int, id uuid, attempts int)
  join message on message.environment_id = r.environment_id and message.id = r.id and ${few}
  where message.state = ${messageStateCode.queued} and message.attempts = r.attempts order by message.id for update of message`;
const keptSql = `update message set due_at = ${keptUntilSql}, reason = '${pausedReason}', pause_id = r.pause, holder = 0
  from json_to_recordset($1) as r (environment_id int, id uuid, pause uuid)
  where message.environment_id = r.environment_id and message.id = r.id and ${few}`;
const putOffSql = `update message set due_at = r.due_at, holder = 0
  from json_to_recordset($1) as r (environment_id int, id uuid, due_at bigint)
  where message.environment_id = r.environment_id and message.id = r.id and ${few}`;

/** Whether a pause is in force is asked here, under a lock: what it keeps is let go by who ends it, so nothing may come after. */
export const holdMessages: Call<"holdMessages"> = async ({ sql }, { holds }) => {
  if (holds.length === 0) return [];
  await sharePauses(sql);
  const now = Math.max(...holds.map(({ at }) => at));
  const named = new Map(holds.map(({ environmentId, pauseId }) => [pauseId, environmentId]));
  const pauses = JSON.stringify([...named].map(([id, environment_id]) => ({ environment_id, id })));
  const inForce = new Set((await sql.all(inForceSql, pauses, now)).map((row) => text(row, "id")));
  const locked = await sql.all(
    lockedSql,
    JSON.stringify(holds.map((hold) => ({ ...rowOf(hold), attempts: hold.attempts }))),
  );
  const open = new Set(locked.map((row) => text(row, "id")));
  const taken = holds.filter(({ messageId }) => open.delete(messageId));
  const kept = taken.filter(({ pauseId }) => inForce.has(pauseId));
  const over = taken.filter(({ pauseId }) => !inForce.has(pauseId));
  if (kept.length > 0)
    await sql.run(keptSql, JSON.stringify(kept.map((hold) => ({ ...rowOf(hold), pause: hold.pauseId }))));
  if (over.length > 0)
    await sql.run(putOffSql, JSON.stringify(over.map((hold) => ({ ...rowOf(hold), due_at: hold.at + lookAgainMs }))));
  const isTaken = new Set(taken);
  return holds.map((hold) => {
    if (!isTaken.has(hold)) return "lost";
    return inForce.has(hold.pauseId) ? "held" : "over";
  });
};

const rowOf = ({ environmentId, messageId }: Hold) => ({ environment_id: environmentId, id: messageId });
