import { eventStateCode } from "../../sql/codes.ts";
import { pausedUntil } from "../../sql/paused.ts";
import type { Call } from "../context.ts";

const eventSql = `update event set due_at = ${pausedUntil} where environment_id = ? and id = ? and state = ${eventStateCode.accepted}
  and exists (select 1 from campaign where campaign.environment_id = event.environment_id and campaign.id = event.id)`;
const partsSql = `update continuation set due_at = ${pausedUntil} where event_id in
  (select id from campaign where environment_id = ? and id = ?) and due_at is not null`;
const pausedSql = "update campaign set paused_at = coalesce(paused_at, ?) where environment_id = ? and id = ?";

/** The turn that is under way commits before, or not at all. */
export const pauseCampaign: Call<"pauseCampaign"> = ({ database }, { environmentId, id, now }) => {
  const open = database.run(eventSql, environmentId, id) + database.run(partsSql, environmentId, id);
  if (open > 0) database.run(pausedSql, now, environmentId, id);
};

const resumedSql = `update campaign set paused_at = null, resumed_at = ? where environment_id = ? and id = ? and paused_at is not null`;
const dueEventSql = `update event set due_at = max(?, coalesce((select scheduled_at from campaign
    where campaign.environment_id = event.environment_id and campaign.id = event.id), 0))
  where environment_id = ? and id = ? and state = ${eventStateCode.accepted} and due_at = ${pausedUntil}`;
const duePartsSql = `update continuation set due_at = ? where event_id = ? and due_at = ${pausedUntil}`;

export const resumeCampaign: Call<"resumeCampaign"> = ({ database }, { environmentId, id, now }) => {
  if (database.run(resumedSql, now, environmentId, id) === 0) return;
  database.run(dueEventSql, now, environmentId, id);
  database.run(duePartsSql, now, id);
};
