import type {
  PreferencesView,
  preferencesBatchResultSchema,
  preferencesBodySchema,
  preferencesReadResultSchema,
} from "@tidings/contract/preferences";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { CallOptions } from "../transport/options.ts";
import { recipientParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** What recipients have chosen: by workflow, category, tenant or for everything, on each channel. */
export class Preferences {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Writes all of a recipient's choices: what is left out is not chosen.
   *
   * @example
   * await tidings.preferences.put("user_1", {
   *   categories: { orders: { all: "on", sms: "off" }, news: { email: "weekly" } },
   *   channelOrder: ["push", "email"],
   * });
   */
  put(id: string, preferences: PreferencesInput, options?: CallOptions): Promise<PreferencesView> {
    const input = { path: { id: recipientParameter(id) }, body: () => preferences };
    return this.#transport.call(operations.preferences.put, input, options);
  }

  /**
   * Reads a recipient's choices.
   *
   * @example
   * const { categories } = await tidings.preferences.get("user_1");
   */
  get(id: string, options?: CallOptions): Promise<PreferencesView> {
    return this.#transport.call(operations.preferences.get, { path: { id: recipientParameter(id) } }, options);
  }

  /**
   * Writes the choices of up to 1,000 recipients; of each that was not written the answer says why.
   *
   * @example
   * const { results } = await tidings.preferences.putBatch([
   *   { recipient: "user_1", all: { sms: "off" } },
   *   { recipient: "user_2", categories: { news: { all: "off" } } },
   * ]);
   */
  putBatch(
    preferences: readonly (PreferencesInput & { recipient: string })[],
    options?: CallOptions,
  ): Promise<z.infer<typeof preferencesBatchResultSchema>> {
    const input = { body: () => ({ preferences }) };
    return this.#transport.call(operations.preferences.putBatch, input, options);
  }

  /**
   * Reads the choices of up to 1,000 recipients; those who are not known are left out.
   *
   * @example
   * const { items } = await tidings.preferences.read(["user_1", "user_2"]);
   */
  read(recipients: readonly string[], options?: CallOptions): Promise<z.infer<typeof preferencesReadResultSchema>> {
    const input = { body: () => ({ recipients }) };
    return this.#transport.call(operations.preferences.read, input, options);
  }
}

export type PreferencesInput = z.input<typeof preferencesBodySchema>;
