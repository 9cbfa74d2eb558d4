-- Mails that came in and could not be read: what is known of them, and nothing of what stands in them; the newest of an environment.
create table unreadable_mail (
  environment_id integer not null,
  id text not null,
  at integer not null,
  way text not null,
  reason text not null,
  bytes integer not null,
  message_id text,
  primary key (environment_id, id)
) strict, without rowid;
-- Reports of DMARC that were taken, by a hash of who reports and how they call it, so that each counts once.
create table dmarc_report (
  environment_id integer not null,
  report_hash text not null,
  day integer not null,
  primary key (environment_id, report_hash)
) strict, without rowid;
create index dmarc_report_day on dmarc_report (day);
-- What these say: mails of a day (UTC, since 1970) from a domain by an address and how they fared. Without an address: the rest.
create table dmarc_source (
  environment_id integer not null,
  day integer not null,
  domain text not null,
  source_ip text not null,
  disposition text not null,
  dkim_aligned integer not null,
  spf_aligned integer not null,
  messages integer not null,
  primary key (environment_id, day, domain, source_ip, disposition, dkim_aligned, spf_aligned)
) strict, without rowid;
create index dmarc_source_day on dmarc_source (day);
