-- Mails that came in and could not be read: what is known of them, and nothing of what stands in them; the newest of an environment.
create table unreadable_mail (
  environment_id integer not null,
  id uuid not null,
  at bigint not null,
  way text collate "C" not null,
  reason text collate "C" not null,
  bytes bigint not null,
  message_id uuid,
  primary key (environment_id, id)
);
-- Reports of DMARC that were taken, by a hash of who reports and how they call it, so that each counts once.
create table dmarc_report (
  environment_id integer not null,
  report_hash text collate "C" not null,
  day integer not null,
  primary key (environment_id, report_hash)
);
create index dmarc_report_day on dmarc_report (day);
-- What these say: mails of a day (UTC, since 1970) from a domain by an address and how they fared. Without an address: the rest.
create table dmarc_source (
  environment_id integer not null,
  day integer not null,
  domain text collate "C" not null,
  source_ip text collate "C" not null,
  disposition text collate "C" not null,
  dkim_aligned smallint not null,
  spf_aligned smallint not null,
  messages bigint not null,
  primary key (environment_id, day, domain, source_ip, disposition, dkim_aligned, spf_aligned)
);
create index dmarc_source_day on dmarc_source (day);
