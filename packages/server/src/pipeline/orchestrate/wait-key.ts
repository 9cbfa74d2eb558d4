import { createHash } from "node:crypto";
import { canonicalJson } from "../../domain/canonical-json.ts";
import { valueAt } from "../../domain/condition.ts";

interface Key {
  environmentId: number;
  event: string;
  /** Of both events, where the recipient may be any. */
  tenant: string;
  /** Undefined where it may be any. */
  recipient: string | undefined;
  /** By the paths of the arriving event, in order. */
  values: readonly (readonly [path: string, value: unknown])[];
}

/** What a waiting run and the event for which it waits have in common. */
export function waitKey({ environmentId, event, tenant, recipient, values }: Key): string {
  const who = recipient === undefined ? { tenant } : { recipient };
  return createHash("sha256")
    .update(canonicalJson([environmentId, event, who, values]))
    .digest("hex")
    .slice(0, 32);
}

/** A value that can be the same on both sides: undefined for what is not there, or is no plain value. */
export function plainValueAt(data: Record<string, unknown>, path: string): string | number | boolean | undefined {
  const value = valueAt(data, path.split(".").slice(1));
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

/** Of a run for which no event can be the one. */
export const nobodysKey = (runId: string): string => `none ${runId}`;
