-- Runs that watch the messages of another run for their fallback (domain/fallback): whose they are, and when the last of them was to
-- go out. `arrived_event` of such a run is the message that made it due.
alter table run add column watch_of text;
alter table run add column watch_from integer;

-- The run that watches the message.
alter table message add column watcher text;

-- Whatever ends a message makes the run due that watches it, in the same transaction. States 0 to 2 are queued, sending and sent;
-- 0 of a run is waiting.
create trigger message_watched after update of state on message
  when new.watcher is not null and new.state > 2 and new.state <> old.state begin
  update run set arrived_event = new.id, due_at = max(coalesce(new.settled_at, 0), created_at)
    where id = new.watcher and state = 0;
end;
