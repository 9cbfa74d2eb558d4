-- A store of another engine that is moved in here (`tidings migrate-store`): from where, and how far. Each batch writes its
-- rows and its place in one transaction. While a move is not complete no process may work on this database.
create table store_move (
  source text collate "C" primary key,
  -- Where the source lies, for people.
  place text not null,
  -- Size and time of the source's files: another one says that the source was written to meanwhile.
  source_state text not null,
  started_at bigint not null,
  completed_at bigint
);

-- `copied_to` and `verified_to` are JSON of the last row's key.
create table store_move_table (
  name text collate "C" primary key,
  total bigint not null,
  copied bigint not null,
  copied_to text,
  is_copied boolean not null,
  verified bigint not null,
  verified_to text,
  is_verified boolean not null,
  digest text not null
);
