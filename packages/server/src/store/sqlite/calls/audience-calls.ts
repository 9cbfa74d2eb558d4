import type { CampaignStore } from "../../../ports/store/campaigns.ts";
import type { ReplayStore } from "../../../ports/store/replays.ts";
import type { SegmentStore } from "../../../ports/store/segments.ts";
import type { AudienceStore, TopicStore } from "../../../ports/store/topics.ts";
import type { SqliteCalls } from "../context.ts";
import { countExpanded, readSubscribers } from "./audience.ts";
import { getCampaign, listCampaigns } from "./campaigns.ts";
import { cancelReplay } from "./cancel-events.ts";
import { generationsOf, pastEvents, pastEventsById } from "./past-events.ts";
import { pauseCampaign, resumeCampaign } from "./pause-campaign.ts";
import { purgeCampaigns } from "./purge-campaigns.ts";
import { getReplay, listReplays } from "./replays.ts";
import { memberMessages, readRecipients } from "./segments.ts";
import { listRecipientTopics, listSubscriptions, subscribe, unsubscribe } from "./subscriptions.ts";
import { deleteTopic, getTopic, listTopics, putTopic, sweepTopics } from "./topics.ts";

/** Topics, segments, campaigns and replays. */
export const audienceCalls: Pick<
  SqliteCalls,
  keyof (TopicStore & AudienceStore & SegmentStore & CampaignStore & ReplayStore)
> = {
  putTopic,
  getTopic,
  listTopics,
  deleteTopic,
  sweepTopics,
  subscribe,
  unsubscribe,
  listSubscriptions,
  listRecipientTopics,
  readSubscribers,
  countExpanded,
  readRecipients,
  memberMessages,
  getCampaign,
  listCampaigns,
  pauseCampaign,
  resumeCampaign,
  purgeCampaigns,
  pastEvents,
  pastEventsById,
  generationsOf,
  getReplay,
  listReplays,
  cancelReplay,
};
