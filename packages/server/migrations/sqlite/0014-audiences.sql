-- What a recipient was sent lately is read by recipient, newest first: the key's id follows in the index.
create index if not exists message_recipient on message (environment_id, recipient);
