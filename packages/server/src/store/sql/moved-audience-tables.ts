import { type MovedTable, movedTable } from "./moved-table.ts";

/** Topics, campaigns and replays, as they are moved (moved-tables.ts). */
export const movedAudienceTables: readonly MovedTable[] = [
  movedTable(
    "topic",
    "environment_id key",
    "environment_id:i key:t id:u name:t description:t subscribers:i created_at:b updated_at:b",
  ),
  movedTable(
    "campaign",
    "environment_id id",
    `environment_id:i id:u name:t document:t scheduled_at:b expires_at:b total:i cancellation_hash:t canceled_at:b
     paused_at:b resumed_at:b created_at:b`,
  ),
  movedTable(
    "campaign_count",
    "environment_id event_id minute metric slot",
    "environment_id:i event_id:u metric:t minute:i slot:i value:b",
  ),
  movedTable("replay", "environment_id id", "environment_id:i id:u document:t canceled_at:b created_at:b"),
  movedTable("replayed", "id", "environment_id:i id:u origin:u generation:i replay:u"),
  movedTable("topic_removed", "environment_id id", "environment_id:i id:u"),
  movedTable("subscription", "environment_id topic recipient", "environment_id:i topic:u recipient:t subscribed_at:b"),
];
