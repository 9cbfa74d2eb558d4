-- The trace (W3C Trace Context) that an event belongs to; null for none.
alter table event add column trace text;
