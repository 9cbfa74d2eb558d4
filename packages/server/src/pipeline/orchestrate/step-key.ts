import { createHash } from "node:crypto";
import { canonicalJson } from "../../domain/canonical-json.ts";
import { valueAt } from "../../domain/condition.ts";
import type { RunFrame } from "./run-frame.ts";

/** What runs have in common that are gathered or counted together at a step. */
export function stepKey(frame: RunFrame, recipient: string, step: { id: string; key?: string | undefined }): string {
  const value = step.key === undefined ? undefined : valueAt(frame.data, step.key.split(".").slice(1));
  const own = value === undefined ? [] : [value];
  return createHash("sha256")
    .update(canonicalJson([frame.workflow.key, step.id, frame.tenant, recipient, own]))
    .digest("hex")
    .slice(0, 32);
}
