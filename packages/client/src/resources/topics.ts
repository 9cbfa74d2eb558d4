import type {
  Subscribed,
  SubscribedTopic,
  SubscriptionView,
  TopicView,
  topicBodySchema,
  Unsubscribed,
} from "@tidings/contract/topics";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { Pages } from "../pages.ts";
import type { CallOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { keyParameter, recipientParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** Topics, to which recipients are subscribed. An event whose recipients include `{ topic }` goes to all of them. */
export class Topics {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Writes a topic; who is subscribed to it stays.
   *
   * @example
   * await tidings.topics.put("releases", { name: "Releases" });
   */
  put(key: string, topic: TopicInput = {}, options?: CallOptions): Promise<TopicView> {
    const input = { path: { key: keyParameter(key) }, body: () => topic };
    return this.#transport.call(operations.topics.put, input, options);
  }

  /**
   * Reads a topic, with the number of its subscribers.
   *
   * @example
   * const { subscribers } = await tidings.topics.get("releases");
   */
  get(key: string, options?: CallOptions): Promise<TopicView> {
    return this.#transport.call(operations.topics.get, { path: { key: keyParameter(key) } }, options);
  }

  /**
   * All topics, by key.
   *
   * @example
   * for await (const { key, subscribers } of tidings.topics.list()) console.log(key, subscribers);
   */
  list(query?: PageQuery, options?: CallOptions): Pages<TopicView> {
    return pagesOf(this.#transport, operations.topics.list, query, options);
  }

  /**
   * Deletes a topic with its subscriptions.
   *
   * @example
   * await tidings.topics.delete("releases");
   */
  delete(key: string, options?: CallOptions): Promise<void> {
    return this.#transport.call(operations.topics.delete, { path: { key: keyParameter(key) } }, options);
  }

  /**
   * Subscribes up to 1,000 recipients. Nobody has to be known: a recipient may be written later.
   *
   * @example
   * const { subscribed, subscribers } = await tidings.topics.subscribe("releases", ["user_1", "user_2"]);
   */
  subscribe(key: string, recipients: readonly string[], options?: CallOptions): Promise<Subscribed> {
    const input = { path: { key: keyParameter(key) }, body: () => ({ recipients }) };
    return this.#transport.call(operations.topics.subscribe, input, options);
  }

  /**
   * Unsubscribes up to 1,000 recipients; those who are not subscribed are passed over.
   *
   * @example
   * const { unsubscribed } = await tidings.topics.unsubscribe("releases", ["user_2"]);
   */
  unsubscribe(key: string, recipients: readonly string[], options?: CallOptions): Promise<Unsubscribed> {
    const input = { path: { key: keyParameter(key) }, body: () => ({ recipients }) };
    return this.#transport.call(operations.topics.unsubscribe, input, options);
  }

  /**
   * Unsubscribes one recipient; `not_found` where they are not subscribed.
   *
   * @example
   * await tidings.topics.unsubscribeOne("releases", "user_1");
   */
  unsubscribeOne(key: string, recipient: string, options?: CallOptions): Promise<void> {
    const path = { key: keyParameter(key), recipient: recipientParameter(recipient) };
    return this.#transport.call(operations.topics.unsubscribeOne, { path }, options);
  }

  /**
   * A topic's subscribers, by id.
   *
   * @example
   * for await (const { recipient } of tidings.topics.subscribers("releases")) console.log(recipient);
   */
  subscribers(key: string, query?: PageQuery, options?: CallOptions): Pages<SubscriptionView> {
    return pagesOf(this.#transport, operations.topics.subscribers, query, options, { key: keyParameter(key) });
  }

  /**
   * The topics that a recipient is subscribed to.
   *
   * @example
   * for await (const { key } of tidings.topics.ofRecipient("user_1")) console.log(key);
   */
  ofRecipient(id: string, query?: PageQuery, options?: CallOptions): Pages<SubscribedTopic> {
    return pagesOf(this.#transport, operations.topics.ofRecipient, query, options, { id: recipientParameter(id) });
  }
}

export type TopicInput = z.input<typeof topicBodySchema>;
