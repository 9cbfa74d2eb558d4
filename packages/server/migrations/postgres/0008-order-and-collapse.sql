-- Messages of one collapse key (store/sql/collapse.ts): an unsent one gives way to a newer, which is found by its event's id,
-- which carries when that came in, and its own.
alter table message add column collapse_hash text collate "C";
create index message_collapse on message (collapse_hash, event_id, id) where collapse_hash is not null;

-- Events of one ordering key, and what is made of them (store/sql/order.ts). A message does not start while something of its
-- key, recipient and channel is open whose place is lower. State 0 is accepted, or waiting.
alter table event add column order_key text collate "C", add column order_place text collate "C";
alter table continuation add column order_key text collate "C", add column order_place text collate "C";
alter table run add column order_key text collate "C", add column order_place text collate "C";
alter table message add column order_key text collate "C", add column order_place text collate "C";
create index event_order on event (order_key, order_place) where order_key is not null and state = 0;
create index continuation_order on continuation (order_key, order_place) where order_key is not null and due_at is not null;
create index run_order on run (order_key, recipient, order_place) where order_key is not null and state = 0;
create index message_order on message (order_key, recipient, channel, order_place)
  where order_key is not null and due_at is not null;
