import { type DeadLetterView, deadLetterReplayBodySchema } from "@tidings/contract/dead-letters";
import { limits } from "@tidings/contract/limits";
import { pageQuerySchema } from "@tidings/contract/pages";
import { TidingsError } from "../errors.ts";
import type { DeadLetterRow } from "../ports/store/log.ts";
import { cursorOf, positionOf, timedIdPosition } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, idParameter, valid } from "./validation.ts";
import { iso, messageView, orNone } from "./views.ts";

const replayDefault = 1000;

type DeadLetterDependencies = Pick<ApiDependencies, "store" | "clock" | "broadcast">;

export function deadLetterHandlers({ store, clock, broadcast }: DeadLetterDependencies): Handlers {
  return {
    listDeadLetters: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize } = valid(pageQuerySchema, request.query);
      const rows = await store.listDeadLetters({ environmentId, before: positionOf(cursor, timedIdPosition), limit });
      const last = rows.at(-1);
      const nextCursor = last === undefined || rows.length < limit ? undefined : cursorOf(`${last.at}:${last.id}`);
      return { items: rows.map(deadLetterView), nextCursor };
    },

    getDeadLetter: async (request, { environmentId }) => {
      const row = await store.getDeadLetter({ environmentId, id: idParameter(request) });
      if (row === undefined) throw new TidingsError("not_found");
      return deadLetterView(row);
    },

    replayDeadLetters: async (request, { environmentId }) => {
      const { ids, reason, channel, limit } = body(deadLetterReplayBodySchema, request);
      const result = await store.replayDeadLetters({
        environmentId,
        ids,
        reason,
        channel,
        limit: limit ?? replayDefault,
        now: clock.now(),
      });
      // Due at once: the stages look now instead of at their next poll.
      if (result.replayed > 0) broadcast.publish("work");
      return result;
    },
  };
}

function deadLetterView(row: DeadLetterRow): DeadLetterView {
  return {
    id: row.id,
    kind: row.kind,
    reason: row.reason,
    detail: orNone(row.detail),
    at: iso(row.at),
    message: row.message === undefined ? undefined : messageView(row.message),
  };
}
