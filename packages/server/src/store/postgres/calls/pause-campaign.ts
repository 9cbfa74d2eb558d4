import { eventStateCode } from "../../sql/codes.ts";
import { isId } from "../../sql/is-id.ts";
import { pausedUntil } from "../../sql/paused.ts";
import type { Call } from "../context.ts";

/** Events first, then their parts, as turns take them; the campaign's row comes last. */
const eventSql = `update event set due_at = ${pausedUntil}, holder = 0
  where environment_id = $1 and id = $2 and state = ${eventStateCode.accepted}
    and exists (select 1 from campaign where campaign.environment_id = $1 and campaign.id = $2)`;
const partsSql = `update continuation as part set due_at = ${pausedUntil}, holder = 0
  where part.environment_id = $1 and part.event_id = $2 and part.due_at is not null
    and exists (select 1 from campaign where campaign.environment_id = $1 and campaign.id = $2)`;
const pausedSql = "update campaign set paused_at = coalesce(paused_at, $3) where environment_id = $1 and id = $2";

/** The turn that is under way commits before, or not at all. */
export const pauseCampaign: Call<"pauseCampaign"> = async ({ sql }, { environmentId, id, now }) => {
  if (!isId(id)) return;
  const open = (await sql.run(eventSql, environmentId, id)) + (await sql.run(partsSql, environmentId, id));
  if (open > 0) await sql.run(pausedSql, environmentId, id, now);
};

const dueEventSql = `update event set holder = 0,
    due_at = greatest($3::bigint, coalesce((select scheduled_at from campaign where campaign.environment_id = $1 and campaign.id = $2), 0))
  where environment_id = $1 and id = $2 and state = ${eventStateCode.accepted} and due_at = ${pausedUntil}`;
const duePartsSql = `update continuation as part set due_at = $3, holder = 0
  where part.environment_id = $1 and part.event_id = $2 and part.due_at = ${pausedUntil}`;
const resumedSql = `update campaign set paused_at = null, resumed_at = $3
  where environment_id = $1 and id = $2 and paused_at is not null`;

export const resumeCampaign: Call<"resumeCampaign"> = async ({ sql }, { environmentId, id, now }) => {
  if (!isId(id)) return;
  await sql.run(dueEventSql, environmentId, id, now);
  await sql.run(duePartsSql, environmentId, id, now);
  await sql.run(resumedSql, environmentId, id, now);
};
