import { campaignCount } from "../../sql/rows/campaign.ts";
import { replayRow } from "../../sql/rows/replay.ts";
import type { Call } from "../context.ts";
import { campaignCountsSql } from "./campaigns.ts";

const rowsSql = `select replay.*, event.state as event_state, event.position from replay join event on event.id = replay.id
  where replay.environment_id = ?`;

export const getReplay: Call<"getReplay"> = ({ database }, { environmentId, id, sinceMinute }) => {
  const row = database.get(`${rowsSql} and replay.id = ?`, environmentId, id);
  if (row === undefined) return undefined;
  const counts = database.all(campaignCountsSql, environmentId, id, sinceMinute).map(campaignCount);
  return { row: replayRow(row), counts };
};

export const listReplays: Call<"listReplays"> = ({ database }, { environmentId, before, limit }) =>
  database
    .all(`${rowsSql} and replay.id < ? order by replay.id desc limit ?`, environmentId, before || "g", limit)
    .map(replayRow);
