import { messageStateCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import type { Call } from "../context.ts";
import { few } from "../few.ts";
import { settleAll } from "./settle.ts";

const openSql = `select message.id from json_to_recordset($1) as r (environment_id int, id uuid, attempts int)
  join message on message.environment_id = r.environment_id and message.id = r.id and ${few}
  where message.state = ${messageStateCode.queued} and message.attempts = r.attempts order by message.id for update of message`;
const putOffSql = `update message set due_at = r.due_at, reason = coalesce(r.reason, message.reason), holder = 0
  from json_to_recordset($1) as r (environment_id int, id uuid, due_at bigint, reason text)
  where message.environment_id = r.environment_id and message.id = r.id and ${few}`;

/** For messages that end, or are put off, without an attempt: a template that fails, a buffer that is full. */
export const settleMessages: Call<"settleMessages"> = async (context, { settlements }) => {
  const found = await context.sql.all(
    openSql,
    JSON.stringify(
      settlements.map(({ environmentId, messageId, attempts }) => ({
        environment_id: environmentId,
        id: messageId,
        attempts,
      })),
    ),
  );
  const open = new Set(found.map((row) => text(row, "id")));
  const recorded = settlements.filter(({ messageId }) => open.delete(messageId));
  const putOff = recorded.flatMap(({ environmentId, messageId, after }) =>
    after.state === "queued"
      ? [{ environment_id: environmentId, id: messageId, due_at: after.dueAt, reason: after.reason ?? null }]
      : [],
  );
  if (putOff.length > 0) await context.sql.run(putOffSql, JSON.stringify(putOff));
  await settleAll(
    context,
    recorded
      .filter(({ after }) => after.state !== "queued")
      .map(({ environmentId, messageId, at, after }) => ({ environmentId, messageId, at, after, integration: "" })),
  );
  const done = new Set(recorded);
  return settlements.map((settlement) => (done.has(settlement) ? "recorded" : "fenced"));
};
