import type { SuppressionScope } from "@tidings/contract/suppressions";
import type { Channel } from "@tidings/contract/words";
import type { SuppressionKey, SuppressionRow } from "../../domain/suppression.ts";

export interface SuppressionQuery {
  environmentId: number;
  /** Those behind it; undefined for the first page. */
  after: SuppressionKey | undefined;
  channel?: Channel | undefined;
  /** Only together with the channel. */
  addressHash?: string | undefined;
  scope?: SuppressionScope | undefined;
  limit: number;
}

/** Addresses that get nothing, or not everything. No attempt begins that one of them covers, whoever asks for it. */
export interface SuppressionStore {
  /** All or none, and with them `release` is taken away; those that are there stay as they are. Gives how many are new. */
  addSuppressions(input: {
    environmentId: number;
    suppressions: readonly SuppressionRow[];
    release?: readonly SuppressionKey[];
  }): Promise<number>;
  /** By channel, hash, scope and value. `next` is where the next page begins; undefined behind the last one. */
  listSuppressions(input: SuppressionQuery): Promise<{ items: SuppressionRow[]; next: SuppressionKey | undefined }>;
  /** Gives how many there were. */
  removeSuppressions(input: { environmentId: number; keys: readonly SuppressionKey[] }): Promise<number>;
}
