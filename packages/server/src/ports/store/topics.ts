import type { Lane } from "@tidings/contract/words";
import type { RecipientRecord } from "./orchestrate.ts";

export interface TopicRow {
  key: string;
  name: string | null;
  description: string | null;
  subscribers: number;
  createdAt: number;
  updatedAt: number;
}

export interface SubscriptionRow {
  recipient: string;
  subscribedAt: number;
}

export interface SubscribedTopicRow extends Pick<TopicRow, "key" | "name" | "description"> {
  /** Id of the topic, behind which the next page goes on. */
  id: string;
  subscribedAt: number;
}

interface TopicKey {
  environmentId: number;
  key: string;
}

/** What changed of those who were named, and how many are subscribed then. */
export interface SubscriptionChange {
  changed: number;
  subscribers: number;
}

/** Undefined, where a topic is meant, is always: there is none of this key. */
export interface TopicStore {
  /** `id` is taken where the topic is new. */
  putTopic(
    input: TopicKey & { id: string; name: string | null; description: string | null; now: number },
  ): Promise<TopicRow>;
  getTopic(input: TopicKey): Promise<TopicRow | undefined>;
  listTopics(input: { environmentId: number; after: string; limit: number }): Promise<TopicRow[]>;
  /** Its key is free at once; `sweepTopics` deletes its subscriptions. False where there was none. */
  deleteTopic(input: TopicKey): Promise<boolean>;
  /** Deletes up to `limit` subscriptions of deleted topics; gives how many rows went, a topic itself counted too. */
  sweepTopics(input: { limit: number }): Promise<number>;
  subscribe(input: TopicKey & { recipients: readonly string[]; now: number }): Promise<SubscriptionChange | undefined>;
  unsubscribe(input: TopicKey & { recipients: readonly string[] }): Promise<SubscriptionChange | undefined>;
  listSubscriptions(input: TopicKey & { after: string; limit: number }): Promise<SubscriptionRow[] | undefined>;
  /** By the topic's id, behind `after`, which may be empty. */
  listRecipientTopics(input: {
    environmentId: number;
    recipient: string;
    after: string;
    limit: number;
  }): Promise<SubscribedTopicRow[]>;
}

/** A subscriber as an expansion reads them. */
export interface Subscriber {
  id: string;
  /** Null for one who is not known. */
  record: RecipientRecord | null;
  /** Subscribed to one of the topics before this one too, and so had their turn. */
  isRepeated: boolean;
}

/** What expansion asks of the store. */
export interface AudienceStore {
  /** The next subscribers behind `after` by id, with their rows. Undefined where there is no such topic. */
  readSubscribers(input: {
    environmentId: number;
    topic: string;
    after: string;
    limit: number;
    /** Topics of the same event whose subscribers have had their turn. */
    before: readonly string[];
    lane: Lane;
  }): Promise<Subscriber[] | undefined>;
  /** How many messages of an event with topics are due and not settled; counted up to `limit`. */
  countExpanded(input: { eventId: string; now: number; limit: number; lane: Lane }): Promise<number>;
}
