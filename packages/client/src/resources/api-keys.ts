import type { ApiKeyView, apiKeyBodySchema, NewApiKey } from "@tidings/contract/api-keys";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { Pages } from "../pages.ts";
import type { CallOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { idParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** API keys of the environment that the calling key belongs to. */
export class ApiKeys {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * All keys, revoked ones too; of each only the beginning is shown.
   *
   * @example
   * for await (const { name, prefix, revokedAt } of tidings.apiKeys.list()) console.log(name, prefix, revokedAt);
   */
  list(query?: PageQuery, options?: CallOptions): Pages<ApiKeyView> {
    return pagesOf(this.#transport, operations.apiKeys.list, query, options);
  }

  /**
   * Makes a key. The answer is the only place that ever shows it, so a lost answer is not repeated: look for the key in
   * the list and revoke it.
   *
   * @example
   * const { key } = await tidings.apiKeys.create({ name: "billing service" });
   */
  create(body: ApiKeyInput, options?: CallOptions): Promise<NewApiKey> {
    return this.#transport.call(operations.apiKeys.create, { body: () => body }, options);
  }

  /**
   * Revokes a key: within a second no server takes it any more.
   *
   * @example
   * await tidings.apiKeys.revoke("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   */
  revoke(id: string, options?: CallOptions): Promise<void> {
    return this.#transport.call(operations.apiKeys.revoke, { path: { id: idParameter(id) } }, options);
  }
}

export type ApiKeyInput = z.input<typeof apiKeyBodySchema>;
