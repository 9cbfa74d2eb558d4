-- A part of messages is empty when statements are planned for it, and its statistics come a minute later. Until then an index that
-- begins with the environment and ends with the id was taken for looks by both, each of which read all of an environment's messages.
drop index message_recipient;
create index message_recipient on message (recipient collate "C", created_at, id);
