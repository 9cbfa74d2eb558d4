import type { NewCampaign } from "../../../ports/store/campaigns.ts";
import type { NewEvent } from "../../../ports/store/ingest.ts";
import { isId } from "../../sql/is-id.ts";
import { campaignCount, campaignRow } from "../../sql/rows/campaign.ts";
import type { Call } from "../context.ts";
import type { Session } from "../session.ts";

const insertedSql = `insert into campaign (environment_id, id, name, document, scheduled_at, expires_at, total, cancellation_hash, created_at)
  values ($1, $2, $3, $4, $5, $6, case when $7::json is null then null else $8::int +
    (select coalesce(sum(subscribers), 0)::int from topic
     where environment_id = $1 and key in (select json_array_elements_text($7::json))) end, $9, $10)`;

export async function insertCampaign(sql: Session, event: NewEvent, campaign: NewCampaign): Promise<void> {
  await sql.run(
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
    exists (select 1 from continuation as part
      where part.environment_id = campaign.environment_id and part.event_id = campaign.id and part.due_at is not null) as has_parts,
    exists (select 1 from message where message.event_id = campaign.id and expanded = 1 and message.due_at is not null) as is_open
  from campaign join event on event.environment_id = campaign.environment_id and event.id = campaign.id
  where campaign.environment_id = $1`;

export const campaignCountsSql = `select metric, minute, sum(value)::float8 as value from campaign_count
  where environment_id = $1 and event_id = $2 and minute = 0 group by metric, minute
  union all
  select metric, minute, sum(value)::float8 as value from campaign_count
  where environment_id = $1 and event_id = $2 and minute >= $3 group by metric, minute`;

export const getCampaign: Call<"getCampaign"> = async ({ sql }, { environmentId, id, sinceMinute }) => {
  if (!isId(id)) return undefined;
  const row = await sql.get(`${rowsSql} and campaign.id = $2`, environmentId, id);
  if (row === undefined) return undefined;
  const counts = await sql.all(campaignCountsSql, environmentId, id, sinceMinute);
  return { row: campaignRow(row), counts: counts.map(campaignCount) };
};

/** After every id. */
const newest = "ffffffff-ffff-ffff-ffff-ffffffffffff";

export const listCampaigns: Call<"listCampaigns"> = async ({ sql }, { environmentId, before, limit }) => {
  const rows = await sql.all(
    `${rowsSql} and campaign.id < $2 order by campaign.id desc limit $3`,
    environmentId,
    before === "" ? newest : before,
    limit,
  );
  return rows.map(campaignRow);
};
