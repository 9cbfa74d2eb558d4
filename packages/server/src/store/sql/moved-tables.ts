import { choiceTables } from "./choice-tables.ts";
import { movedAudienceTables } from "./moved-audience-tables.ts";
import { type MovedTable, movedTable, nobody } from "./moved-table.ts";
import { movedWebhookTables } from "./moved-webhook-tables.ts";

/*
 * What a store consists of, as it is moved. Letters are types: i integer, b bigint, s smallint, t text, u uuid. Nobody holds
 * what is moved (holder 0): the first process on the destination finds open work as free, and what was under way as lost.
 */
const deadLetterColumns =
  "environment_id:i id:u at:b kind:t channel:t reason:t detail:t source:t place:t identity:t sealed:t";

export const movedTables: readonly MovedTable[] = [
  movedTable("environment", "id", "id:i key:t wrapped_data_key:t wrapped_address_key:t created_at:b"),
  movedTable("api_key", "id", "id:t environment_id:i name:t prefix:t hash:t created_at:b revoked_at:b"),
  movedTable("tenant", "environment_id key", "environment_id:i key:t version:i document:t updated_at:b"),
  movedTable(
    "configuration",
    "environment_id kind key version",
    `environment_id:i kind:t key:t version:i document:t secrets:t secret_names:t current:s deleted:s sequence:b updated_at:b
     origin:t`,
  ),
  movedTable(
    "recipient",
    "environment_id id",
    "environment_id:i id:t wrapped_key:t profile:t sealed:t version:i created_at:b updated_at:b choices:t",
  ),
  ...choiceTables,
  movedTable("address", "environment_id channel hash recipient", "environment_id:i channel:t hash:t recipient:t"),
  movedTable(
    "event",
    "id",
    `environment_id:i id:u kind:s lane:s state:s generation:i cursor:i holder:i received_at:b due_at:b expires_at:b name:t
     tenant:t cancellation_hash:t payload:t inline:t trace:t position:t order_key:t order_place:t root:u depth:s`,
    nobody,
  ),
  movedTable(
    "continuation",
    "event_id lane",
    "environment_id:i event_id:u lane:s holder:i cursor:i due_at:b tenant:t position:t order_key:t order_place:t",
    { ...nobody, environment_id: "(select event.environment_id from event where event.id = continuation.event_id)" },
  ),
  movedTable(
    "idempotency",
    "bucket environment_id key_hash",
    "environment_id:i bucket:i key_hash:t body_hash:t event_id:u expires_at:b",
  ),
  movedTable("dedupe", "environment_id hash", "environment_id:i hash:t run_id:t expires_at:b"),
  movedTable(
    "run",
    "id",
    `environment_id:i id:u event_id:u lane:s state:s step:i holder:i workflow_version:i due_at:b expires_at:b created_at:b
     workflow:t recipient:t tenant:t cancellation_hash:t journal:t gathers:s order_key:t order_place:t wait_key:t wait_since:b
     arrived_event:u watch_of:u watch_from:b`,
    nobody,
  ),
  movedTable(
    "effect",
    "run_id",
    "environment_id:i run_id:u lane:s holder:i attempts:i base_at:b due_at:b key:t",
    nobody,
  ),
  movedTable(
    "digest_window",
    "id",
    "environment_id:i id:u state:s entries:i bytes:i version:i opened_at:b due_at:b key_hash:t",
  ),
  movedTable(
    "digest_entry",
    "window_id run_id",
    "environment_id:i window_id:u run_id:u event_id:u bytes:i at:b expires_at:b content:t",
  ),
  movedTable("arrival", "environment_id key_hash", "environment_id:i key_hash:t expires_at:b recent:t"),
  movedTable("wake", "environment_id key_hash event_id", "environment_id:i key_hash:t event_id:u at:b"),
  movedTable("derived", "environment_id root", "environment_id:i root:u events:i messages:i expires_at:b"),
  movedTable("throttle", "environment_id hash", "environment_id:i hash:t expires_at:b passed:t"),
  movedTable(
    "message",
    "id",
    `environment_id:i id:u event_id:u run_id:u channel:s lane:s state:s holder:i workflow_version:i template_version:i
     attempts:i created_at:b due_at:b expires_at:b first_attempt_at:b settled_at:b sent_at:b delivered_at:b opened_at:b
     clicked_at:b read_at:b complained_at:b step:t workflow:t template:t category:t tenant:t recipient:t address_hash:t
     reason:t content:t decisions:t attempt:t expanded:s recalled:s collapse_hash:t order_key:t order_place:t confirms_stop:b reported:s pause_id:u
     mailbox:s put_off_to:b watcher:u`,
    { ...nobody, run_id: "nullif(run_id, '')" },
  ),
  movedTable(
    "pause",
    "environment_id id",
    `environment_id:i id:u kind:t key:t tenant:t reason:t created_at:b ends_at:b ended_at:b released_at:b sequence:b`,
  ),
  movedTable(
    "attempt",
    "message_id number",
    `environment_id:i message_id:u number:i started_at:b finished_at:b call_id:t integration:t outcome:t code:t detail:t
     provider_message_id:t`,
    { environment_id: "(select message.environment_id from message where message.id = attempt.message_id)" },
  ),
  movedTable(
    "decision",
    "event_id sequence",
    `environment_id:i event_id:u sequence:b run_id:t workflow_version:i at:b recipient:t workflow:t step:t channel:t
     outcome:t reason:t rule:t versions:t detail:t category:t`,
  ),
  movedTable("dead_letter", "environment_id at id", deadLetterColumns),
  movedTable(
    "statistic",
    "environment_id minute metric channel lane category tenant integration workflow mailbox bucket",
    `environment_id:i minute:i slot:i metric:t channel:t lane:t category:t tenant:t integration:t workflow:t mailbox:t bucket:s
     value:b cost:b`,
    { slot: "0" },
  ),
  movedTable(
    "integration_probe",
    "environment_id integration",
    "environment_id:i integration:t version:i status:t code:t detail:t at:b good_at:b",
  ),
  movedTable("sandbox_mail", "environment_id id", "environment_id:i id:t at:b sealed:t"),
  movedTable(
    "inbox",
    "environment_id recipient",
    `environment_id:i recipient:t sequence:b forgotten:b unseen:i unread:i items:i generation:b next_expiry_at:b`,
  ),
  movedTable(
    "inbox_item",
    "environment_id recipient id",
    `environment_id:i recipient:t id:t created_sequence:b created_at:b expires_at:b seen_at:b read_at:b archived_at:b
     acted_at:b action:t sealed:t`,
  ),
  movedTable(
    "inbox_change",
    "environment_id recipient sequence",
    "environment_id:i recipient:t sequence:b kind:s unseen:i unread:i item:t",
  ),
  ...movedWebhookTables,
  ...movedAudienceTables,
  movedTable("allowance", "environment_id key day", "environment_id:i key:t day:i used:b"),
];
