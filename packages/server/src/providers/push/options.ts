import { createHash } from "node:crypto";
import type { OutboundMessage, Outcome } from "../../ports/provider.ts";

/** Marketing may wait for the device to wake up; what somebody waits for may wake it. */
export const mayWake = ({ lane }: Pick<OutboundMessage, "lane">): boolean => lane !== "marketing";

/** Whole seconds until nobody wants the message any more, from 0 to `max`; undefined where it does not end. */
export function secondsLeft({ expiresAt }: Pick<OutboundMessage, "expiresAt">, nowMs: number, max: number) {
  if (expiresAt === null) return undefined;
  return Math.min(Math.max(Math.floor((expiresAt - nowMs) / 1000), 0), max);
}

/** A key that the vendor takes: as it is where it fits `form`, else a hash of `length` characters that stands for it. */
export function fittingKey(key: string, form: RegExp, length: number): string {
  return form.test(key) ? key : createHash("sha256").update(key).digest("base64url").slice(0, length);
}

export const addressInvalid = (detail: string): Outcome => ({
  status: "rejected",
  kind: "permanent",
  code: "address_invalid",
  detail,
});

export const contentInvalid = (detail: string): Outcome => ({
  status: "rejected",
  kind: "permanent",
  code: "content_invalid",
  detail,
});
