import type { DeadLetterReplay } from "../../../ports/store/log.ts";
import { eventStateCode, messageStateCode, runStateCode } from "../../sql/codes.ts";
import type { SqlRow } from "../../sql/columns.ts";
import { integerOrNull, text } from "../../sql/columns.ts";
import type { Call, CallContext } from "../context.ts";
import { settle } from "./settle.ts";

/** Same id, one more attempt: `dead → queued` by compare-and-set. What expired meanwhile ends as expired. */
export const replayDeadLetters: Call<"replayDeadLetters"> = (context, input) => {
  const totals = { replayed: 0, expired: 0 };
  for (const row of select(context, input)) {
    const id = text(row, "id");
    const result = replay(context, id, text(row, "kind"), input.now);
    context.database.run("delete from dead_letter where id = ? and environment_id = ?", id, input.environmentId);
    if (result !== undefined) totals[result] += 1;
  }
  return totals;
};

function select({ database }: CallContext, input: DeadLetterReplay): SqlRow[] {
  const { environmentId, ids, reason, channel, limit } = input;
  if (ids !== undefined) {
    return ids.flatMap((id): SqlRow[] => {
      const row = database.get(
        "select id, kind from dead_letter where id = ? and environment_id = ? and kind <> 'source'",
        id,
        environmentId,
      );
      return row === undefined ? [] : [row];
    });
  }
  return database.all(
    "select id, kind from dead_letter where environment_id = ? and kind <> 'source' and (? is null or reason = ?) and (? is null or channel = ?) order by at, id limit ?",
    environmentId,
    reason ?? null,
    reason ?? null,
    channel ?? null,
    channel ?? null,
    limit,
  );
}

function replay(context: CallContext, id: string, kind: string, now: number): "replayed" | "expired" | undefined {
  const { database } = context;
  if (kind === "event") {
    // One letter stands for the event and for those of its parts that died.
    const own = database.run(
      `update event set state = ${eventStateCode.accepted}, due_at = ? where id = ? and state = ${eventStateCode.dead}`,
      now,
      id,
    );
    const parts = database.run("update continuation set due_at = ? where event_id = ? and due_at is null", now, id);
    return own + parts > 0 ? "replayed" : undefined;
  }
  if (kind === "run") {
    return database.run(
      `update run set state = ${runStateCode.waiting}, due_at = ? where id = ? and state = ${runStateCode.dead}`,
      now,
      id,
    ) > 0
      ? "replayed"
      : undefined;
  }
  const row = database.get(`select expires_at from message where id = ? and state = ${messageStateCode.dead}`, id);
  if (row === undefined) return undefined;
  const expiresAt = integerOrNull(row, "expires_at");
  if (expiresAt !== null && expiresAt <= now) {
    settle(context, id, { state: "expired", reason: "expired" }, now, "");
    return "expired";
  }
  // A retry schedule starts anew: it counts from the attempt after this.
  database.run(
    `update message set state = ${messageStateCode.queued}, due_at = ?, reason = 'replayed', settled_at = null, first_attempt_at = null where id = ?`,
    now,
    id,
  );
  return "replayed";
}
