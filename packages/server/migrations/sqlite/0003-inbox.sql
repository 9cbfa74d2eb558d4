-- One row per recipient's inbox. `sequence` numbers its changes without a gap; it begins with the time at which the inbox
-- was made, so that a number of an inbox that was deleted is none of the one that followed. Changes up to `forgotten` are
-- not kept any more. Tokens carry `generation`: those of another one are revoked. `next_expiry_at` is not after the first
-- expiry of an item, and null where none expires.
create table inbox (
  environment_id integer not null,
  recipient text not null,
  sequence integer not null,
  forgotten integer not null,
  unseen integer not null,
  unread integer not null,
  items integer not null,
  generation integer not null,
  next_expiry_at integer,
  primary key (environment_id, recipient)
) strict, without rowid;
create index inbox_expiry on inbox (next_expiry_at) where next_expiry_at is not null;

-- `id` is the message's, so that a message is in the inbox once and items sort by time. `sealed` is sealed with the
-- recipient's key.
create table inbox_item (
  environment_id integer not null,
  recipient text not null,
  id text not null,
  created_sequence integer not null,
  created_at integer not null,
  expires_at integer,
  seen_at integer,
  read_at integer,
  archived_at integer,
  action text,
  acted_at integer,
  sealed text not null,
  primary key (environment_id, recipient, id)
) strict, without rowid;
create index inbox_item_expiry on inbox_item (environment_id, recipient, expires_at) where expires_at is not null;
create index inbox_item_archived on inbox_item (environment_id, recipient, id) where archived_at is not null;

-- The counts are those after the change. `kind`: 0 created, 1 updated, 2 removed.
create table inbox_change (
  environment_id integer not null,
  recipient text not null,
  sequence integer not null,
  kind integer not null,
  item text not null,
  unseen integer not null,
  unread integer not null,
  primary key (environment_id, recipient, sequence)
) strict, without rowid;
