-- What a recipient was sent lately is read by recipient, newest first.
create index if not exists message_recipient on message (recipient, id);
