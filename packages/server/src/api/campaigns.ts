import { type CampaignView, campaignBodySchema, campaignQuerySchema } from "@tidings/contract/campaigns";
import { limits } from "@tidings/contract/limits";
import { parseCampaign } from "../domain/campaign.ts";
import { campaignProgress, campaignState, rateMinutes } from "../domain/campaign-progress.ts";
import { TidingsError } from "../errors.ts";
import type { CampaignCount, CampaignRow } from "../ports/store/campaigns.ts";
import { cursorOf, idPosition, positionOf } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, idempotencyKey, idParameter, valid } from "./validation.ts";
import { iso, isoOrNone } from "./views.ts";

type CampaignDependencies = Pick<ApiDependencies, "ingest" | "store" | "clock">;

const minuteMs = 60_000;

export function campaignHandlers({ ingest, store, clock }: CampaignDependencies): Handlers {
  const found = async (environmentId: number, id: string) => {
    const sinceMinute = Math.floor(clock.now() / minuteMs) - rateMinutes;
    const campaign = await store.getCampaign({ environmentId, id, sinceMinute });
    if (campaign === undefined) throw new TidingsError("not_found");
    return campaign;
  };
  const shown = async (environmentId: number, id: string) => {
    const { row, counts } = await found(environmentId, id);
    return campaignView(row, counts, clock.now());
  };
  return {
    startCampaign: (request, { environmentId }) => {
      const campaign = body(campaignBodySchema, request);
      return ingest.acceptCampaign(environmentId, campaign, idempotencyKey(request), request.received?.trace);
    },

    listCampaigns: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize } = valid(campaignQuerySchema, request.query);
      const rows = await store.listCampaigns({ environmentId, before: positionOf(cursor, idPosition), limit });
      const last = rows.at(-1);
      return {
        items: rows.map((row) => campaignView(row, undefined, clock.now())),
        nextCursor: last === undefined || rows.length < limit ? undefined : cursorOf(last.id),
      };
    },

    getCampaign: (request, { environmentId }) => shown(environmentId, idParameter(request)),

    cancelCampaign: async (request, { environmentId }) => {
      const { row } = await found(environmentId, idParameter(request));
      return store.cancelEvents({ environmentId, cancellationHash: row.cancellationHash, now: clock.now() });
    },

    pauseCampaign: async (request, { environmentId }) => {
      const id = idParameter(request);
      await store.pauseCampaign({ environmentId, id, now: clock.now() });
      return shown(environmentId, id);
    },

    resumeCampaign: async (request, { environmentId }) => {
      const id = idParameter(request);
      await store.resumeCampaign({ environmentId, id, now: clock.now() });
      return shown(environmentId, id);
    },
  };
}

function campaignView(row: CampaignRow, counts: readonly CampaignCount[] | undefined, now: number): CampaignView {
  const { topics, segments, named, spread } = parseCampaign(row.document);
  const facts = { ...row, counts: counts ?? [] };
  const state = campaignState(facts, now);
  return {
    id: row.id,
    name: row.name,
    event: row.eventName,
    state,
    topics,
    segments,
    named,
    spread,
    createdAt: iso(row.createdAt),
    scheduledAt: isoOrNone(row.scheduledAt),
    expiresAt: isoOrNone(row.expiresAt),
    pausedAt: state === "paused" ? isoOrNone(row.pausedAt) : undefined,
    progress: counts === undefined ? undefined : campaignProgress(facts, now),
  };
}
