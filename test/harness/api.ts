import { type Dispatcher, Pool } from "undici";
import { apiKey } from "./server-process.ts";

/** A small client of the HTTP API for tests and benchmarks. */
export class Api {
  readonly #pool: Pool;

  constructor(url: string, connections = 8) {
    this.#pool = new Pool(url, { connections });
  }

  async call(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; json: unknown }> {
    const { statusCode, body: answer } = await this.#pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: statusCode, json: text === "" ? undefined : JSON.parse(text) };
  }

  /** Writes a document; throws where it is refused. */
  async put(path: string, body: unknown): Promise<void> {
    const { status, json } = await this.call("PUT", path, body);
    if (status !== 200) throw new Error(`PUT ${path} gave ${status}: ${JSON.stringify(json)}`);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
