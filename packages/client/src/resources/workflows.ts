import type { DryRunView, dryRunBodySchema } from "@tidings/contract/dry-runs";
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
}

export type DryRunInput = z.input<typeof dryRunBodySchema>;
