import {
  type NewSuppression,
  type SuppressionScope,
  suppressionIdSchema,
  suppressionScopes,
} from "@tidings/contract/suppressions";
import { type Channel, channels } from "@tidings/contract/words";
import { normaliseAddress } from "./recipient.ts";

/** What a suppression consists of, and is found by. */
export interface SuppressionKey {
  channel: Channel;
  addressHash: string;
  scope: SuppressionScope;
  /** Key of the integration or category, or the class; empty where the scope is everything. */
  value: string;
}

export interface SuppressionRow extends SuppressionKey {
  reason: string;
  createdAt: number;
}

/** Keyed hash in an environment. */
export type AddressHash = (environmentId: number, ...parts: string[]) => string;

/** A suppression as it is stored: of an address its hash alone. */
export function storedSuppression(
  given: NewSuppression,
  { environmentId, now, hash }: { environmentId: number; now: number; hash: AddressHash },
): SuppressionRow {
  const { channel, address, addressHash, scope, value = "", reason, createdAt } = given;
  return {
    channel,
    addressHash: addressHash ?? hash(environmentId, channel, normaliseAddress(channel, address ?? "")),
    scope,
    value,
    reason,
    createdAt: createdAt === undefined ? now : Date.parse(createdAt),
  };
}

export function suppressionIdOf({ channel, addressHash, scope, value }: SuppressionKey): string {
  return value === "" ? `${channel}.${addressHash}.${scope}` : `${channel}.${addressHash}.${scope}.${value}`;
}

/** Undefined for what is no such id. */
export function suppressionKeyOf(id: string): SuppressionKey | undefined {
  if (!suppressionIdSchema.safeParse(id).success) return undefined;
  const [named = "", addressHash = "", scoped = "", ...value] = id.split(".");
  const channel = channels.find((word) => word === named);
  const scope = suppressionScopes.find((word) => word === scoped);
  return channel === undefined || scope === undefined
    ? undefined
    : { channel, addressHash, scope, value: value.join(".") };
}
