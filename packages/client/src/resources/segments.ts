import type { SegmentCount, segmentBodySchema } from "@tidings/contract/segments";
import { operations } from "../operations.ts";
import type { CallOptions } from "../transport/options.ts";
import { keyParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";
import { VersionedConfiguration } from "./versioned-configuration.ts";

/** Groups computed from recipients' attributes and messages. An event whose recipients include `{ segment }` goes to all in it. */
export class Segments extends VersionedConfiguration<typeof segmentBodySchema> {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    super(transport, operations.segments);
    this.#transport = transport;
  }

  /**
   * How many recipients are in a segment now, as far as one call comes. Where it is `partial`, a call with its `nextCursor` goes
   * on, and the sum is the count.
   *
   * @example
   * let total = 0;
   * let cursor: string | undefined;
   * do {
   *   const { count, nextCursor } = await tidings.segments.count("quiet-pros", { cursor });
   *   total += count;
   *   cursor = nextCursor;
   * } while (cursor !== undefined);
   */
  count(key: string, query: { cursor?: string | undefined } = {}, options?: CallOptions): Promise<SegmentCount> {
    const input = { path: { key: keyParameter(key) }, query: () => query };
    return this.#transport.call(operations.segments.count, input, options);
  }
}
