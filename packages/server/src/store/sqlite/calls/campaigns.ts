import type { NewCampaign } from "../../../ports/store/campaigns.ts";
import type { NewEvent } from "../../../ports/store/ingest.ts";
import { campaignCount, campaignRow } from "../../sql/rows/campaign.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";

const insertedSql = `insert into campaign (environment_id, id, name, document, scheduled_at, expires_at, total, cancellation_hash, created_at)
  values (?1, ?2, ?3, ?4, ?5, ?6, case when ?7 is null then null else ?8 +
    (select coalesce(sum(subscribers), 0) from topic where environment_id = ?1 and key in (select value from json_each(?7))) end, ?9, ?10)`;

export function insertCampaign(database: Database, event: NewEvent, campaign: NewCampaign): void {
  database.run(
    insertedSql,
    event.environmentId,
    event.id,
    campaign.name,
    campaign.document,
    event.dueAt > event.receivedAt ? event.dueAt : null,
    event.expiresAt,
    campaign.countedTopics === null ? null : JSON.stringify(campaign.countedTopics),
    campaign.named,
    event.cancellationHash ?? "",
    event.receivedAt,
  );
}

/** Looks into indexes alone: none passes a campaign's messages. */
const rowsSql = `select campaign.*, event.name as event_name, event.state as event_state,
    exists (select 1 from continuation where event_id = campaign.id and due_at is not null) as has_parts,
    exists (select 1 from message where event_id = campaign.id and expanded = 1 and due_at is not null) as is_open
  from campaign join event on event.id = campaign.id where campaign.environment_id = ?`;

export const campaignCountsSql = `select metric, minute, sum(value) as value from campaign_count
  where environment_id = ?1 and event_id = ?2 and minute = 0 group by metric
  union all
  select metric, minute, sum(value) as value from campaign_count
  where environment_id = ?1 and event_id = ?2 and minute >= ?3 group by metric, minute`;

export const getCampaign: Call<"getCampaign"> = ({ database }, { environmentId, id, sinceMinute }) => {
  const row = database.get(`${rowsSql} and campaign.id = ?`, environmentId, id);
  if (row === undefined) return undefined;
  const counts = database.all(campaignCountsSql, environmentId, id, sinceMinute).map(campaignCount);
  return { row: campaignRow(row), counts };
};

export const listCampaigns: Call<"listCampaigns"> = ({ database }, { environmentId, before, limit }) =>
  database
    .all(`${rowsSql} and campaign.id < ? order by campaign.id desc limit ?`, environmentId, before || "g", limit)
    .map(campaignRow);
