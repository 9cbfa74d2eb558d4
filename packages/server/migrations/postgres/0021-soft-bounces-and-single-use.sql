-- Kinds of report that have no time of their own, as bits (domain/feedback): each counts once for a message, in any order. Null
-- where nothing was reported.
alter table message add column reported smallint;
-- What reports say of an address: when something was last delivered, and the messages that soft-bounced since, newest first
-- (domain/soft-bounces). The delivery is kept where nothing soft-bounced too, as reports come in any order. No index holds what
-- changes, so that most updates stay on the row's own page.
create table soft_bounce (
  environment_id integer not null,
  channel smallint not null,
  address_hash text collate "C" not null,
  delivered_at bigint,
  bounces text collate "C" not null,
  primary key (environment_id, channel, address_hash)
) with (fillfactor = 70);
-- Keys of reports whose signature does not cover the body: each comes with one body alone, for as long as its signature is taken.
create table feedback_once (
  environment_id integer not null,
  key_hash text collate "C" not null,
  body_hash text collate "C" not null,
  expires_at bigint not null,
  primary key (environment_id, key_hash)
);
create index feedback_once_expiry on feedback_once (expires_at);
