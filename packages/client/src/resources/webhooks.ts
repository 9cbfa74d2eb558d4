import type {
  NewWebhook,
  WebhookBody,
  WebhookDeliveryView,
  WebhookSecretView,
  WebhookType,
  WebhookView,
  webhookDeliveryQuerySchema,
} from "@tidings/contract/webhooks";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { Pages } from "../pages.ts";
import type { CallOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { idParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** Endpoints of yours that are told of messages' states, and what they were told. */
export class Webhooks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Makes an endpoint. The answer holds the secret that signs its calls. A lost answer is not repeated, as that would
   * make a second endpoint: look for it in the list.
   *
   * @example
   * const { id, secret } = await tidings.webhooks.create({
   *   url: "https://shop.example.com/tidings",
   *   types: ["message.bounced", "message.complained"],
   * });
   */
  create(webhook: WebhookBody, options?: CallOptions): Promise<NewWebhook> {
    return this.#transport.call(operations.webhooks.create, { body: () => webhook }, options);
  }

  /**
   * All endpoints.
   *
   * @example
   * for await (const { url, enabled, disabledReason } of tidings.webhooks.list()) console.log(url, enabled, disabledReason);
   */
  list(query?: PageQuery, options?: CallOptions): Pages<WebhookView> {
    return pagesOf(this.#transport, operations.webhooks.list, query, options);
  }

  /**
   * One endpoint.
   *
   * @example
   * const { failingSince } = await tidings.webhooks.get("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   */
  get(id: string, options?: CallOptions): Promise<WebhookView> {
    return this.#transport.call(operations.webhooks.get, { path: { id: idParameter(id) } }, options);
  }

  /**
   * Writes an endpoint whole; it is enabled again unless `enabled` is false, and what waits for it goes on.
   *
   * @example
   * await tidings.webhooks.put("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d", { url: "https://shop.example.com/hooks" });
   */
  put(id: string, webhook: WebhookBody, options?: CallOptions): Promise<WebhookView> {
    const input = { path: { id: idParameter(id) }, body: () => webhook };
    return this.#transport.call(operations.webhooks.put, input, options);
  }

  /**
   * Deletes an endpoint; what waits for it is not sent.
   *
   * @example
   * await tidings.webhooks.delete("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   */
  delete(id: string, options?: CallOptions): Promise<void> {
    return this.#transport.call(operations.webhooks.delete, { path: { id: idParameter(id) } }, options);
  }

  /**
   * The secrets that sign its calls: the current one, and replaced ones that sign beside it for a while.
   *
   * @example
   * const { secret } = await tidings.webhooks.secret("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   */
  secret(id: string, options?: CallOptions): Promise<WebhookSecretView> {
    return this.#transport.call(operations.webhooks.secret, { path: { id: idParameter(id) } }, options);
  }

  /**
   * Makes a new secret; the replaced one signs beside it, for a day where `previousValidSeconds` is left out.
   *
   * @example
   * const { secret } = await tidings.webhooks.rotate("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d", { previousValidSeconds: 3600 });
   */
  rotate(id: string, body?: { previousValidSeconds?: number }, options?: CallOptions): Promise<WebhookSecretView> {
    const input = { path: { id: idParameter(id) }, body: () => body ?? {} };
    return this.#transport.call(operations.webhooks.rotate, input, options);
  }

  /**
   * Sends an example to an endpoint.
   *
   * @example
   * const delivery = await tidings.webhooks.test("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d", { type: "message.bounced" });
   */
  test(id: string, body?: { type?: WebhookType }, options?: CallOptions): Promise<WebhookDeliveryView> {
    const input = { path: { id: idParameter(id) }, body: () => body ?? {} };
    return this.#transport.call(operations.webhooks.test, input, options);
  }

  /**
   * What an endpoint was told, newest first, with each attempt.
   *
   * @example
   * for await (const { id, type, attempts } of tidings.webhooks.deliveries("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d", { state: "dead" })) {
   *   console.log(id, type, attempts.at(-1)?.code);
   * }
   */
  deliveries(id: string, query?: WebhookDeliveryQuery, options?: CallOptions): Pages<WebhookDeliveryView> {
    return pagesOf(this.#transport, operations.webhooks.deliveries, query, options, { id: idParameter(id) });
  }

  /**
   * Tells it again, under the same `webhook-id`.
   *
   * @example
   * await tidings.webhooks.resend("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d", "018f3c5b-0a1b-8c2d-9e3f-4a5b6c7d8e9f");
   */
  resend(id: string, delivery: string, options?: CallOptions): Promise<WebhookDeliveryView> {
    const input = { path: { id: idParameter(id), delivery: idParameter(delivery) } };
    return this.#transport.call(operations.webhooks.resend, input, options);
  }
}

/** Filters of the deliveries, and `limit`, the items of a page. */
export type WebhookDeliveryQuery = Omit<z.input<typeof webhookDeliveryQuerySchema>, "limit"> & {
  limit?: number | undefined;
};
