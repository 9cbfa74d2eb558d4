import type { CampaignView, campaignBodySchema } from "@tidings/contract/campaigns";
import type { Accepted, Canceled } from "@tidings/contract/events";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { Pages } from "../pages.ts";
import type { CallOptions, SendOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { idParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** Events to many, now or later, whose progress is kept. */
export class Campaigns {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Starts a campaign, or plans it for later; resolves when it is durable.
   *
   * @example
   * const { id } = await tidings.campaigns.start({
   *   name: "Autumn offer",
   *   event: "offer.made",
   *   recipients: [{ segment: "quiet-pros" }],
   *   data: { offer: "A-7" },
   *   scheduledAt: new Date(Date.now() + 3_600_000).toISOString(),
   *   spread: { localTime: "09:00" },
   * });
   */
  start(campaign: CampaignInput, options?: SendOptions): Promise<Accepted> {
    return this.#transport.send(operations.campaigns.start, { body: () => campaign }, options);
  }

  /**
   * A campaign with its progress.
   *
   * @example
   * const { state, progress } = await tidings.campaigns.get("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   * console.log(state, progress?.done, progress?.messages, progress?.secondsLeft);
   */
  get(id: string, options?: CallOptions): Promise<CampaignView> {
    return this.#transport.call(operations.campaigns.get, { path: { id: idParameter(id) } }, options);
  }

  /**
   * Campaigns, newest first, without their progress.
   *
   * @example
   * for await (const { id, name, state } of tidings.campaigns.list()) console.log(id, name, state);
   */
  list(query?: PageQuery, options?: CallOptions): Pages<CampaignView> {
    return pagesOf(this.#transport, operations.campaigns.list, query, options);
  }

  /**
   * Takes nobody in any more until it is resumed. Messages that are made already go on.
   *
   * @example
   * const { state } = await tidings.campaigns.pause("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   */
  pause(id: string, options?: CallOptions): Promise<CampaignView> {
    return this.#transport.call(operations.campaigns.pause, { path: { id: idParameter(id) } }, options);
  }

  /**
   * Goes on behind whom it has taken in.
   *
   * @example
   * const { state } = await tidings.campaigns.resume("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   */
  resume(id: string, options?: CallOptions): Promise<CampaignView> {
    return this.#transport.call(operations.campaigns.resume, { path: { id: idParameter(id) } }, options);
  }

  /**
   * Stops what has not gone out. What a provider has is not called back.
   *
   * @example
   * const { messages } = await tidings.campaigns.cancel("018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d");
   */
  cancel(id: string, options?: CallOptions): Promise<Canceled> {
    return this.#transport.call(operations.campaigns.cancel, { path: { id: idParameter(id) } }, options);
  }
}

export type CampaignInput = z.input<typeof campaignBodySchema>;
