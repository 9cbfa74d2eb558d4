-- The trace (W3C Trace Context) that an event belongs to; null for none, which takes no room in a row.
alter table event add column trace text;
