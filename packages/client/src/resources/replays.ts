import type { Accepted, Canceled } from "@tidings/contract/events";
import type { ReplayPreview, ReplayView, replayBodySchema, replayPreviewBodySchema } from "@tidings/contract/replays";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { Pages } from "../pages.ts";
import type { CallOptions, SendOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { idParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** Past events that go to workflows once more, as a new generation. */
export class Replays {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * What a replay would come to, without sending anything.
   *
   * @example
   * const { selected, weighed } = await tidings.replays.preview({
   *   names: ["order.shipped"],
   *   from: "2026-11-01T00:00:00Z",
   *   workflows: ["order-survey"],
   * });
   * console.log(selected, weighed.messages);
   */
  preview(selection: ReplaySelection, options?: CallOptions): Promise<ReplayPreview> {
    return this.#transport.call(operations.replays.preview, { body: () => selection }, options);
  }

  /**
   * Starts a replay; resolves when it is durable.
   *
   * @example
   * const { id } = await tidings.replays.start(
   *   { names: ["order.shipped"], from: "2026-11-01T00:00:00Z", workflows: ["order-survey"], perSecond: 20 },
   *   { idempotencyKey: "survey-of-november" },
   * );
   */
  start(replay: ReplayInput, options?: SendOptions): Promise<Accepted> {
    return this.#transport.send(operations.replays.start, { body: () => replay }, options);
  }

  /**
   * A replay with its progress.
   *
   * @example
   * const { state, progress } = await tidings.replays.get("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   * console.log(state, progress?.replayed, progress?.secondsLeft);
   */
  get(id: string, options?: CallOptions): Promise<ReplayView> {
    return this.#transport.call(operations.replays.get, { path: { id: idParameter(id) } }, options);
  }

  /**
   * Replays, newest first, without their progress.
   *
   * @example
   * for await (const { id, state } of tidings.replays.list()) console.log(id, state);
   */
  list(query?: PageQuery, options?: CallOptions): Pages<ReplayView> {
    return pagesOf(this.#transport, operations.replays.list, query, options);
  }

  /**
   * Replays nothing more, and stops what has not gone out of the events that it has made.
   *
   * @example
   * const { messages } = await tidings.replays.cancel("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   */
  cancel(id: string, options?: CallOptions): Promise<Canceled> {
    return this.#transport.call(operations.replays.cancel, { path: { id: idParameter(id) } }, options);
  }
}

export type ReplayInput = z.input<typeof replayBodySchema>;
export type ReplaySelection = z.input<typeof replayPreviewBodySchema>;
