import { TidingsApiError } from "../errors.ts";
import type { AnswerOf, Operation } from "../transport/operation.ts";
import type { CallOptions } from "../transport/options.ts";
import type { Input } from "../transport/request.ts";
import { Transport } from "../transport/transport.ts";
import type { InboxSettings } from "./options.ts";

/** Makes the inbox's calls with the token in force, and fetches a new one where the server refuses it. */
export class InboxCalls {
  readonly #settings: InboxSettings;
  #token: string | undefined;
  #fetching: Promise<string> | undefined;

  constructor(settings: InboxSettings) {
    this.#settings = settings;
    this.#token = settings.token;
  }

  /** Whether a new token can be had when one is refused. */
  get canRefresh(): boolean {
    return this.#settings.getToken !== undefined;
  }

  async call<O extends Operation>(operation: O, input: Input, options?: CallOptions): Promise<AnswerOf<O>> {
    const token = await this.token();
    try {
      return await this.#transport(token).call(operation, input, options);
    } catch (error) {
      if (!(error instanceof TidingsApiError) || error.status !== 401 || !this.canRefresh) throw error;
      this.refuse(token);
      return await this.#transport(await this.token()).call(operation, input, options);
    }
  }

  /** The token in force; one that several wait for is fetched once. Rejects with what `getToken` throws. */
  token(): Promise<string> {
    if (this.#token !== undefined) return Promise.resolve(this.#token);
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  /** The server does not take this token any more. */
  refuse(token: string): void {
    if (this.#token === token && this.canRefresh) this.#token = undefined;
  }

  async #fetch(): Promise<string> {
    const token = await this.#settings.getToken?.();
    if (typeof token !== "string" || token === "") throw new TypeError("getToken gave no token");
    this.#token = token;
    return token;
  }

  #transport(token: string): Transport {
    return new Transport({ ...this.#settings, apiKey: token });
  }
}
