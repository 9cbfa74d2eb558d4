import { Readable } from "node:stream";
import type { SuppressionKey } from "../../domain/suppression.ts";
import type { ApiDependencies } from "../dependencies.ts";
import { iso } from "../views.ts";
import { csvLine } from "./csv-records.ts";
import { hashKeyOf } from "./hash-key.ts";

const pageRows = 1000;
const head = ["channel", "address_hash", "scope", "value", "reason", "created_at", "hash_key"];

/**
 * All suppressions as CSV, a page at a time as the caller takes them. One that is added or removed meanwhile may be in it or
 * not. Where a page cannot be read the connection breaks, so that nobody takes a part for the whole.
 */
export function exportedSuppressions(
  { store, keyring }: Pick<ApiDependencies, "store" | "keyring">,
  environmentId: number,
): Readable {
  const hashKey = hashKeyOf(keyring, environmentId);
  async function* pages(): AsyncIterable<string> {
    yield csvLine(head);
    let after: SuppressionKey | undefined;
    do {
      const { items, next } = await store.listSuppressions({ environmentId, after, limit: pageRows });
      const lines = items.map(({ channel, addressHash, scope, value, reason, createdAt }) =>
        csvLine([channel, addressHash, scope, value, reason, iso(createdAt), hashKey]),
      );
      if (lines.length > 0) yield lines.join("");
      after = next;
    } while (after !== undefined);
  }
  return Readable.from(pages(), { objectMode: true, highWaterMark: 1 });
}
