import type { Fault } from "@tidings/contract/errors";
import { TidingsError } from "../../errors.ts";

export interface Scheduled {
  scheduledAt?: string | undefined;
  expiresAt?: string | undefined;
}

export interface Times {
  scheduledAt: number | undefined;
  expiresAt: number | null;
}

/** Throws `validation_failed` for times that cannot be. */
export function timesOf(body: Scheduled, now: number, prefix: string): Times {
  // Most events name no time.
  if (body.scheduledAt === undefined && body.expiresAt === undefined)
    return { scheduledAt: undefined, expiresAt: null };
  const scheduledAt = body.scheduledAt === undefined ? undefined : Date.parse(body.scheduledAt);
  const expiresAt = body.expiresAt === undefined ? null : Date.parse(body.expiresAt);
  const faults: Fault[] = [];
  const fault = (field: string, message: string) =>
    faults.push({ path: prefix === "" ? field : `${prefix}.${field}`, message });
  if (Number.isNaN(scheduledAt)) fault("scheduledAt", "is no point in time");
  if (Number.isNaN(expiresAt)) fault("expiresAt", "is no point in time");
  else if (expiresAt !== null && expiresAt <= now) fault("expiresAt", "has passed");
  else if (expiresAt !== null && scheduledAt !== undefined && scheduledAt >= expiresAt) {
    fault("scheduledAt", "must be before expiresAt");
  }
  if (faults.length > 0) throw new TidingsError("validation_failed", { faults });
  return { scheduledAt, expiresAt };
}
