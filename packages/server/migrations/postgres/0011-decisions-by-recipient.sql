-- What was decided for a recipient, newest first. Each part has its own index, so that it is of the size of its time.
create index message_recipient on message (environment_id, recipient collate "C", created_at, id);
create index decision_recipient on decision (environment_id, recipient collate "C", at, sequence) where recipient <> '';
alter table decision add column category text not null default '';
