import type { FetchStep } from "@tidings/contract/workflows";
import { hostOf } from "../../domain/steps/fetch-step.ts";

/** Effects wait in one line per host and tenant, so that one tenant's thousands do not stand before another's one. */
export function effectKey(step: FetchStep, tenant: string): string {
  return `${hostOf(step)} ${tenant}`;
}

/** What of a key bounds how much is under way at once: the host. */
export function hostOfKey(key: string): string {
  return key.slice(0, key.indexOf(" "));
}
