-- What endpoints are told of recipients. `recipient` is empty for what is about a message; `payload` is sealed with the recipient's
-- own key, and null for an erasure. `place` is where it stands in the line of its endpoint and recipient, and null once it
-- has left that: of each line the first has a `due_at`, and the others get theirs as those in front are settled.
alter table webhook_delivery add column recipient text not null default '';
alter table webhook_delivery add column payload text;
alter table webhook_delivery add column place integer;
create index webhook_delivery_line on webhook_delivery (webhook_id, recipient, place) where place is not null;
