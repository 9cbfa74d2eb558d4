-- Messages of one collapse key (store/sql/collapse.ts): an unsent one gives way to a newer, which is found by its event's id,
-- which carries when that came in, and its own.
alter table message add column collapse_hash text;
create index message_collapse on message (collapse_hash, event_id, id) where collapse_hash is not null;

-- Events of one ordering key, and what is made of them (store/sql/order.ts). A message does not start while something of its
-- key, recipient and channel is open whose place is lower. State 0 is accepted, or waiting.
alter table event add column order_key text;
alter table event add column order_place text;
alter table continuation add column order_key text;
alter table continuation add column order_place text;
alter table run add column order_key text;
alter table run add column order_place text;
alter table message add column order_key text;
alter table message add column order_place text;
create index event_order on event (order_key, order_place) where order_key is not null and state = 0;
create index continuation_order on continuation (order_key, order_place) where order_key is not null and due_at is not null;
create index run_order on run (order_key, recipient, order_place) where order_key is not null and state = 0;
create index message_order on message (order_key, recipient, channel, order_place)
  where order_key is not null and due_at is not null;

-- Whatever settles a message makes the next one of its line due, in the same transaction.
create trigger message_next after update of due_at on message
  when old.order_key is not null and old.due_at is not null and new.due_at is null begin
  update message set due_at = coalesce(new.settled_at, due_at), reason = null
    where order_key = new.order_key and recipient = new.recipient and channel = new.channel and due_at is not null
      and reason = 'behind' and state = 0
      and order_place = (select min(p.order_place) from message p where p.order_key = new.order_key
        and p.recipient = new.recipient and p.channel = new.channel and p.due_at is not null);
end;
