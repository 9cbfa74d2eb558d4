-- A run looks for its own messages: among 1,000 of one event that was a scan for each of 1,000 runs.
drop index message_event;
create index message_event on message (event_id, run_id);
