import type { Accepted } from "@tidings/contract/events";
import type { MessageView, messageBodySchema, messageQuerySchema } from "@tidings/contract/messages";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { Pages } from "../pages.ts";
import type { CallOptions, SendOptions } from "../transport/options.ts";
import { pagesOf } from "../transport/paging.ts";
import { idParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** Sends single messages, and reads the log of all messages. */
export class Messages {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Sends one message without a workflow, of a template or with its content; resolves when it is durable.
   *
   * @example
   * const { id } = await tidings.messages.send({
   *   channel: "email",
   *   to: { id: "user_1", email: "anna@example.com" },
   *   category: "security",
   *   content: { subject: "Your code", text: "It is 123456." },
   * });
   */
  send(message: MessageInput, options?: SendOptions): Promise<Accepted> {
    return this.#transport.send(operations.messages.send, { body: () => message }, options);
  }

  /**
   * Messages, newest first, all or those that fit the filter.
   *
   * @example
   * for await (const message of tidings.messages.list({ state: "bounced", recipient: "user_1" })) {
   *   console.log(message.id, message.channel, message.reason);
   * }
   */
  list(query?: MessageQuery, options?: CallOptions): Pages<MessageView> {
    return pagesOf(this.#transport, operations.messages.list, query, options);
  }

  /**
   * One message with its attempts and decisions.
   *
   * @example
   * const { state, attempts } = await tidings.messages.get("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   */
  get(id: string, options?: CallOptions): Promise<MessageView> {
    return this.#transport.call(operations.messages.get, { path: { id: idParameter(id) } }, options);
  }
}

/** Filters of the log, and `limit`, the items of a page. */
export type MessageQuery = Omit<z.input<typeof messageQuerySchema>, "limit"> & { limit?: number | undefined };

export type MessageInput = z.input<typeof messageBodySchema>;
