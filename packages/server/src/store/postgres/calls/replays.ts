import { isId } from "../../sql/is-id.ts";
import { campaignCount } from "../../sql/rows/campaign.ts";
import { replayRow } from "../../sql/rows/replay.ts";
import type { Call } from "../context.ts";
import { campaignCountsSql } from "./campaigns.ts";

const rowsSql = `select replay.*, event.state as event_state, event.position
  from replay join event on event.environment_id = replay.environment_id and event.id = replay.id
  where replay.environment_id = $1`;

export const getReplay: Call<"getReplay"> = async ({ sql }, { environmentId, id, sinceMinute }) => {
  if (!isId(id)) return undefined;
  const row = await sql.get(`${rowsSql} and replay.id = $2`, environmentId, id);
  if (row === undefined) return undefined;
  const counts = await sql.all(campaignCountsSql, environmentId, id, sinceMinute);
  return { row: replayRow(row), counts: counts.map(campaignCount) };
};

/** After every id. */
const newest = "ffffffff-ffff-ffff-ffff-ffffffffffff";

export const listReplays: Call<"listReplays"> = async ({ sql }, { environmentId, before, limit }) => {
  const rows = await sql.all(
    `${rowsSql} and replay.id < $2 order by replay.id desc limit $3`,
    environmentId,
    before === "" ? newest : before,
    limit,
  );
  return rows.map(replayRow);
};
