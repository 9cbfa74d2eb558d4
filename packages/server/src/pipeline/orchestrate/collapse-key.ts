import { createHash } from "node:crypto";
import { canonicalJson } from "../../domain/canonical-json.ts";
import { valueAt } from "../../domain/condition.ts";
import type { MessageOrigin } from "../../domain/message.ts";

/**
 * What a message has in common with those whose place it takes: workflow, value, recipient, channel and address. Undefined where the
 * step has no key, or the event no value for it. Nothing else of the index says whose it is, so the environment is in it.
 */
export function collapseHash(
  { data }: { data: Record<string, unknown> },
  key: string | undefined,
  { environmentId, workflow, channel }: Pick<MessageOrigin, "environmentId" | "workflow" | "channel">,
  recipient: string,
  addressHash: string,
): string | undefined {
  if (key === undefined) return undefined;
  const value = valueAt(data, key.split(".").slice(1));
  if (value === undefined) return undefined;
  return createHash("sha256")
    .update(canonicalJson([environmentId, workflow, recipient, channel, addressHash, value]))
    .digest("hex")
    .slice(0, 32);
}
