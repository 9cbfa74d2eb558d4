import type { PauseKind, PauseView, pauseBodySchema } from "@tidings/contract/pauses";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { Pages } from "../pages.ts";
import type { CallOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { keyParameter, pauseKindParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** What goes out no more for now: a lane, an integration, a channel or a workflow, of all messages or of one tenant's. */
export class Pauses {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Pauses: from then on its messages are kept, and go out once it is resumed, unless they expire before. What is under way goes
   * on. Paused again, it takes the new reason and time.
   *
   * @example
   * const { waiting } = await tidings.pauses.pause("lane", "marketing", { reason: "The offer has a wrong price" });
   */
  pause(kind: PauseKind, key: string, pause: PauseInput = {}, options?: CallOptions): Promise<PauseView> {
    // What is no object is told by the schema.
    const { tenant, ...body } = { ...pause };
    const input = { path: pathOf(kind, key), query: () => ({ tenant }), body: () => body };
    return this.#transport.call(operations.pauses.pause, input, options);
  }

  /**
   * Resumes: what waited goes out, and the answer says how many there were. `not_found` where it is not paused.
   *
   * @example
   * await tidings.pauses.pause("channel", "sms", { tenant: "acme" });
   * const { waiting } = await tidings.pauses.resume("channel", "sms", { tenant: "acme" });
   */
  resume(kind: PauseKind, key: string, of: PausedTenant = {}, options?: CallOptions): Promise<PauseView> {
    const input = { path: pathOf(kind, key), query: () => ({ tenant: { ...of }.tenant }) };
    return this.#transport.call(operations.pauses.resume, input, options);
  }

  /**
   * What is paused, and what is being resumed, each with how many messages wait for it.
   *
   * @example
   * for await (const { kind, key, reason, waiting } of tidings.pauses.list()) console.log(kind, key, reason, waiting);
   */
  list(query?: PageQuery, options?: CallOptions): Pages<PauseView> {
    return pagesOf(this.#transport, operations.pauses.list, query, options);
  }
}

const pathOf = (kind: PauseKind, key: string) => ({ kind: pauseKindParameter(kind), key: keyParameter(key) });

/** Of this tenant's messages alone. */
export interface PausedTenant {
  tenant?: string | undefined;
}
export type PauseInput = PausedTenant & z.input<typeof pauseBodySchema>;
