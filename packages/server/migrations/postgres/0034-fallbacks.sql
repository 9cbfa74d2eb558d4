-- Runs that watch the messages of another run for their fallback (domain/fallback): whose they are, and when the last of them was to
-- go out. `arrived_event` of such a run is the message that made it due.
alter table run add column watch_of uuid, add column watch_from bigint;

-- The run that watches the message; whoever ends that makes the run due in the same transaction (tell-watchers).
alter table message add column watcher uuid;
