-- Kinds of report that have no time of their own, as bits (domain/feedback): each counts once for a message, in any order. Null
-- where nothing was reported.
alter table message add column reported integer;
-- What reports say of an address: when something was last delivered, and the messages that soft-bounced since, newest first
-- (domain/soft-bounces). The delivery is kept where nothing soft-bounced too, as reports come in any order.
create table soft_bounce (
  environment_id integer not null,
  channel integer not null,
  address_hash text not null,
  delivered_at integer,
  bounces text not null,
  primary key (environment_id, channel, address_hash)
) strict, without rowid;
-- Keys of reports whose signature does not cover the body: each comes with one body alone, for as long as its signature is taken.
create table feedback_once (
  environment_id integer not null,
  key_hash text not null,
  body_hash text not null,
  expires_at integer not null,
  primary key (environment_id, key_hash)
) strict, without rowid;
create index feedback_once_expiry on feedback_once (expires_at);
