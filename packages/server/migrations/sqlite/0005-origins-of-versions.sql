-- Where a version's document came from, when it was not written by hand: an earlier version, or another environment.
alter table configuration add column origin text not null default '';
