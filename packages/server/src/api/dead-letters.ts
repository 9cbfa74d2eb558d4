import { type DeadLetterView, deadLetterReplayBodySchema } from "@tidings/contract/dead-letters";
import { limits } from "@tidings/contract/limits";
import { pageQuerySchema } from "@tidings/contract/pages";
import { TidingsError } from "../errors.ts";
import type { DeadLetterReplay, DeadLetterRow } from "../ports/store/log.ts";
import { cursorOf, positionOf, timedIdPosition } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, idParameter, valid } from "./validation.ts";
import { iso, messageView, orNone } from "./views.ts";

const replayDefault = 1000;

type DeadLetterDependencies = Pick<ApiDependencies, "store" | "clock" | "broadcast" | "sourceReplays">;

export function deadLetterHandlers(dependencies: DeadLetterDependencies): Handlers {
  const { store, clock } = dependencies;
  return {
    listDeadLetters: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize } = valid(pageQuerySchema, request.query);
      const rows = await store.listDeadLetters({ environmentId, before: positionOf(cursor, timedIdPosition), limit });
      const last = rows.at(-1);
      const nextCursor = last === undefined || rows.length < limit ? undefined : cursorOf(`${last.at}:${last.id}`);
      return { items: rows.map((row) => deadLetterView(row)), nextCursor };
    },

    getDeadLetter: async (request, { environmentId }) => {
      const row = await store.getDeadLetter({ environmentId, id: idParameter(request) });
      if (row === undefined) throw new TidingsError("not_found");
      return deadLetterView(row, await recordIn(dependencies, environmentId, row));
    },

    replayDeadLetters: async (request, { environmentId }) => {
      const { ids, reason, channel, limit = replayDefault } = body(deadLetterReplayBodySchema, request);
      return replay(dependencies, { environmentId, ids, reason, channel, limit, now: clock.now() });
    },
  };
}

type RecordView = NonNullable<DeadLetterView["source"]>["record"];

/** What the pipeline holds goes back to its queues; records of sources are mapped anew. */
async function replay({ store, broadcast, sourceReplays }: DeadLetterDependencies, asked: DeadLetterReplay) {
  const { environmentId, ids, reason, channel } = asked;
  const result = await store.replayDeadLetters(asked);
  // Due at once: the stages look now instead of at their next poll.
  if (result.replayed > 0) broadcast.publish("work");
  const limit = asked.limit - result.replayed - result.expired;
  // Records are of no channel.
  if (channel !== undefined || limit <= 0) return result;
  const letterIds = await store.findSourceLetters({ environmentId, ids, reason, limit });
  if (letterIds.length === 0) return result;
  const { replayed, refused } = await sourceReplays.replay(environmentId, letterIds);
  return { ...result, replayed: result.replayed + replayed, refused };
}

async function recordIn(
  { store, sourceReplays }: DeadLetterDependencies,
  environmentId: number,
  { id, kind }: DeadLetterRow,
): Promise<RecordView> {
  if (kind !== "source") return undefined;
  const letter = await store.loadSourceLetter({ environmentId, id });
  const shown = letter === undefined ? undefined : sourceReplays.show(letter);
  return shown === undefined ? undefined : { ...shown, headers: { ...shown.headers }, meta: { ...shown.meta } };
}

function deadLetterView(row: DeadLetterRow, record?: RecordView): DeadLetterView {
  const { source } = row;
  return {
    id: row.id,
    kind: row.kind,
    reason: row.reason,
    detail: orNone(row.detail),
    at: iso(row.at),
    message: row.message === undefined ? undefined : messageView(row.message),
    source: source === undefined ? undefined : { ...source, record },
  };
}
