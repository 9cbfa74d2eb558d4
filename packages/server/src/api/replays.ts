import { limits } from "@tidings/contract/limits";
import {
  type ReplayView,
  replayBodySchema,
  replayPreviewBodySchema,
  replayQuerySchema,
} from "@tidings/contract/replays";
import { rateMinutes } from "../domain/campaign-progress.ts";
import { replayProgress, replayState } from "../domain/replay-progress.ts";
import { parseReplay } from "../domain/replay-selection.ts";
import { TidingsError } from "../errors.ts";
import type { CampaignCount } from "../ports/store/campaigns.ts";
import type { ReplayRow } from "../ports/store/replays.ts";
import { cursorOf, idPosition, positionOf } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, idempotencyKey, idParameter, valid } from "./validation.ts";
import { iso } from "./views.ts";

type ReplayDependencies = Pick<ApiDependencies, "ingest" | "store" | "clock" | "replayPreviews">;

const minuteMs = 60_000;
/** Events of a replay that are stopped in one transaction. */
const canceledPerCall = 100;

export function replayHandlers({ ingest, store, clock, replayPreviews }: ReplayDependencies): Handlers {
  const found = async (environmentId: number, id: string) => {
    const sinceMinute = Math.floor(clock.now() / minuteMs) - rateMinutes;
    const replay = await store.getReplay({ environmentId, id, sinceMinute });
    if (replay === undefined) throw new TidingsError("not_found");
    return replay;
  };
  return {
    replayEvents: (request, { environmentId }) => {
      const wanted = body(replayBodySchema, request);
      return ingest.acceptReplay(environmentId, wanted, idempotencyKey(request), request.received?.trace);
    },

    previewReplay: (request, { environmentId }) => {
      const selection = ingest.selectionOf(environmentId, body(replayPreviewBodySchema, request));
      return replayPreviews.preview(environmentId, selection);
    },

    listReplays: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize } = valid(replayQuerySchema, request.query);
      const rows = await store.listReplays({ environmentId, before: positionOf(cursor, idPosition), limit });
      const last = rows.at(-1);
      return {
        items: rows.map((row) => replayView(row, undefined, clock.now())),
        nextCursor: last === undefined || rows.length < limit ? undefined : cursorOf(last.id),
      };
    },

    getReplay: async (request, { environmentId }) => {
      const { row, counts } = await found(environmentId, idParameter(request));
      return replayView(row, counts, clock.now());
    },

    cancelReplay: async (request, { environmentId }) => {
      const { row } = await found(environmentId, idParameter(request));
      const stopped = { events: 0, runs: 0, messages: 0 };
      for (let after: string | undefined = ""; after !== undefined; ) {
        const call = { environmentId, id: row.id, after, limit: canceledPerCall, now: clock.now() };
        const { next, ...part } = await store.cancelReplay(call);
        stopped.events += part.events;
        stopped.runs += part.runs;
        stopped.messages += part.messages;
        after = next;
      }
      return stopped;
    },
  };
}

function replayView(row: ReplayRow, counts: readonly CampaignCount[] | undefined, now: number): ReplayView {
  const { events, names, from, to, tenant, recipient, workflows, perSecond } = parseReplay(row.document);
  const isCanceled = row.canceledAt !== null;
  const state = isCanceled ? "canceled" : replayState(row.eventState);
  const facts = { state, named: events, from, to, reachedAt: row.reachedAt, perSecond, counts: counts ?? [] };
  return {
    id: row.id,
    state,
    events,
    names,
    from: names === undefined ? undefined : iso(from),
    to: names === undefined ? undefined : iso(to),
    tenant,
    recipient,
    workflows,
    perSecond,
    createdAt: iso(row.createdAt),
    progress: counts === undefined ? undefined : replayProgress(facts, now),
  };
}
