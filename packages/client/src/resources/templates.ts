import type { Preview, previewBodySchema } from "@tidings/contract/previews";
import type { templateBodySchema } from "@tidings/contract/templates";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { CallOptions } from "../transport/options.ts";
import { keyParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";
import { VersionedConfiguration } from "./versioned-configuration.ts";

/** What messages are made of, per channel and language, in versions; and how they will look. */
export class Templates extends VersionedConfiguration<typeof templateBodySchema> {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    super(transport, operations.templates);
    this.#transport = transport;
  }

  /**
   * Renders a template, the stored one or the `template` that is given, without sending anything. `warnings` name the
   * variables that are shown and were not there. A template that fails is refused with the line in its `faults`.
   *
   * @example
   * const { content, warnings } = await tidings.templates.preview("order-shipped", {
   *   channel: "email",
   *   locale: "de-AT",
   *   data: { order: "4711" },
   *   recipient: "user_1",
   * });
   * console.log(content.subject, content.html, warnings.length);
   */
  preview(key: string, preview: PreviewInput, options?: CallOptions): Promise<Preview> {
    const input = { path: { key: keyParameter(key) }, body: () => preview };
    return this.#transport.call(operations.previews.template, input, options);
  }
}

export type PreviewInput = z.input<typeof previewBodySchema>;
