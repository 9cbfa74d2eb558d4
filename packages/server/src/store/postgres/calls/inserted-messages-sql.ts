import { messageStateCode } from "../../sql/codes.ts";
import { optedOut } from "../../sql/opt-outs.ts";
import { covers } from "../../sql/suppressions.ts";

const columns = `environment_id, id, event_id, run_id, channel, lane, state, holder, workflow_version, template_version, attempts,
  created_at, due_at, expires_at, first_attempt_at, settled_at, step, workflow, template, category, tenant, recipient,
  address_hash, reason, content, decisions, expanded, recalled, collapse_hash,
  order_key, order_place, confirms_stop, mailbox, put_off_to, watcher, attempt`;

const covering = covers({
  environment: "r.environment_id",
  channel: "r.channel",
  address: "r.address_hash",
  sender: "r.sender",
  lane: "r.lane",
  category: "r.category",
  confirmsStop: "r.confirms_stop",
});

const refusing = optedOut({
  environment: "r.environment_id",
  recipient: "r.recipient",
  channel: "r.channel",
  lane: "r.lane",
  category: "r.category",
  workflow: "r.workflow",
  tenant: "r.tenant",
});

/**
 * Suppression, and what the recipient has said no to, are looked for inside the statement, so that nothing is STARTED after
 * an opt-out that was committed before it. The `offset` keeps the planner from looking for them once in each column.
 */
export const insertedMessagesSql = `insert into message (${columns})
  select environment_id, id, event_id, run_id, channel, lane,
    case when held is not null then ${messageStateCode.suppressed} else state end,
    case when held is not null then 0 else holder end, workflow_version, template_version,
    case when held is not null then 0 else attempts end, created_at,
    case when held is not null then null else due_at end, expires_at,
    case when held is not null then null else first_attempt_at end,
    case when held is not null then started_at else settled_at end,
    step, workflow, template, category, tenant, recipient, address_hash,
    case when held is not null then held else reason end, content, decisions, expanded, recalled, collapse_hash,
    order_key, order_place, confirms_stop, mailbox, put_off_to, watcher,
    case when held is not null then null else attempt end
  from (
    select r.*, case when r.sender is null then null
      when exists (select 1 from suppression s where ${covering}) then 'suppressed_at_start'
      when ${refusing} then 'opted_out_at_start' end as held
    from json_to_recordset($1) as r (environment_id int, id uuid, event_id uuid, run_id uuid, channel smallint, lane smallint,
      state smallint, holder int, workflow_version int, template_version int, attempts int, created_at bigint, due_at bigint,
      expires_at bigint, first_attempt_at bigint, settled_at bigint, started_at bigint, step text, workflow text, template text,
      category text, tenant text, recipient text, address_hash text, reason text, content text, decisions text,
      expanded smallint, recalled smallint, collapse_hash text, order_key text, order_place text, confirms_stop bigint, mailbox smallint, put_off_to bigint,
      watcher uuid,
      attempt text, sender text)
    offset 0
  ) as r
  on conflict do nothing
  returning environment_id, id, state, watcher`;
