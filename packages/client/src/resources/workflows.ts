import type { DryRunView, dryRunBodySchema } from "@tidings/contract/dry-runs";
import type { HistoryView, historyBodySchema } from "@tidings/contract/histories";
import type { workflowBodySchema } from "@tidings/contract/workflows";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { CallOptions } from "../transport/options.ts";
import { keyParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";
import { VersionedConfiguration } from "./versioned-configuration.ts";

/** What happens when an event comes in, in versions; and what would happen. */
export class Workflows extends VersionedConfiguration<typeof workflowBodySchema> {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    super(transport, operations.workflows);
    this.#transport = transport;
  }

  /**
   * What a workflow would do with an event: the one in force, an earlier `version`, or the `workflow` that is given. Nothing is
   * sent, asked for or stored.
   *
   * @example
   * const { outcomes, assumed } = await tidings.workflows.dryRun("order-shipped", {
   *   recipients: ["user_1"],
   *   data: { order: "4711" },
   * });
   * for (const { recipient, channel, text, dueAt } of outcomes) console.log(recipient, channel, text, dueAt, assumed.length);
   */
  dryRun(key: string, dryRun: DryRunInput, options?: CallOptions): Promise<DryRunView> {
    const input = { path: { key: keyParameter(key) }, body: () => dryRun };
    return this.#transport.call(operations.decisions.dryRun, input, options);
  }

  /**
   * What a change of a workflow would have done with the events of the last days. Where `isComplete` is false, the same with `cursor` goes on.
   *
   * @example
   * const { channels, recipients } = await tidings.workflows.dryRunHistory("order-shipped", {
   *   days: 7,
   *   policy: { preferences: { sms: "off" } },
   *   prices: { sms: 0.07 },
   * });
   * for (const { channel, difference } of channels) console.log(channel, difference, recipients.lost);
   */
  dryRunHistory(key: string, history: HistoryInput, options?: CallOptions): Promise<HistoryView> {
    const input = { path: { key: keyParameter(key) }, body: () => history };
    return this.#transport.call(operations.decisions.dryRunHistory, input, options);
  }
}

export type HistoryInput = z.input<typeof historyBodySchema>;
export type DryRunInput = z.input<typeof dryRunBodySchema>;
