import type { EventState } from "@tidings/contract/words";

/** A campaign as it is written with its event, whose id is the campaign's. */
export interface NewCampaign {
  name: string;
  /** JSON of a CampaignDocument (domain/campaign). */
  document: string;
  /** Topics whose subscribers make up the total, beside `named`; null where nobody knows it beforehand. */
  countedTopics: readonly string[] | null;
  named: number;
}

export interface CampaignRow {
  id: string;
  name: string;
  document: string;
  scheduledAt: number | null;
  expiresAt: number | null;
  total: number | null;
  cancellationHash: string;
  /** When it was canceled, with something of it still to be done; null where it was not. */
  canceledAt: number | null;
  /** When it was paused; null where it is not. */
  pausedAt: number | null;
  /** When it was resumed last. */
  resumedAt: number | null;
  createdAt: number;
  /** Of its event. */
  eventName: string;
  eventState: EventState;
  /** Another lane's part of its event is not done. */
  hasParts: boolean;
  /** A message of it is not settled. */
  isOpen: boolean;
}

/** Of one metric: `minute` is 0 where it is not kept by time. */
export interface CampaignCount {
  metric: string;
  minute: number;
  value: number;
}

/** What the API asks about campaigns. */
export interface CampaignStore {
  getCampaign(input: {
    environmentId: number;
    id: string;
    /** Counts by minute from this one on. */
    sinceMinute: number;
  }): Promise<{ row: CampaignRow; counts: readonly CampaignCount[] } | undefined>;
  /** Newest first, by id. */
  listCampaigns(input: { environmentId: number; before: string; limit: number }): Promise<CampaignRow[]>;
  /** It takes nobody in until it is resumed, whatever turn is under way; nothing where it has taken in all, or is over. */
  pauseCampaign(input: { environmentId: number; id: string; now: number }): Promise<void>;
  /** It goes on where it was stopped, not before the time at which it was to begin; nothing where it is not paused. */
  resumeCampaign(input: { environmentId: number; id: string; now: number }): Promise<void>;
  /**
   * Deletes campaigns and replays that were created before a time and are over, with their sums, at most `limit` rows in all;
   * gives how many.
   */
  purgeCampaigns(input: { before: number; limit: number }): Promise<number>;
}
