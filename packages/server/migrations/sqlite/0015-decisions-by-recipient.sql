-- What was decided for a recipient, newest first. Both indexes lead with a bucket of time (2^24 ms, 4 h 40 min): new entries fall
-- into a small, warm part of each, where an index that led with the recipient would touch a cold page for each row. Who
-- looks for a recipient leaps from bucket to bucket.
create index message_recipient on message (created_at >> 24, environment_id, recipient, created_at);
create index decision_recipient on decision (at >> 24, environment_id, recipient, at) where recipient <> '';
alter table decision add column category text not null default '';
