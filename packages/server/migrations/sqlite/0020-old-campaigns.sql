-- Campaigns and replays whose time is over are found by when they came in, through all environments.
create index campaign_created on campaign (created_at);
create index replay_created on replay (created_at);
