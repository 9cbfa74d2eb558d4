import { TidingsError } from "../errors.ts";

/** Cursors are opaque to callers, so that what they hold may change. */
export function cursorOf(position: string): string {
  return Buffer.from(position).toString("base64url");
}

/** The position, or an empty text for the first page. `form` is what positions of this list look like. */
export function positionOf(cursor: string | undefined, form: RegExp): string {
  if (cursor === undefined) return "";
  const position = Buffer.from(cursor, "base64url").toString("utf8");
  if (form.test(position)) return position;
  throw new TidingsError("validation_failed", { faults: [{ path: "cursor", message: "is no cursor of this list" }] });
}

export const idPosition = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const timedIdPosition = /^\d{1,15}:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const decisionPosition = /^\d{1,16}:(m:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|d:\d{1,16})$/;
export const keyPosition = /^[A-Za-z0-9._-]{1,100}$/;
export const recipientPosition = /^.{1,200}$/su;
export const versionPosition = /^\d{1,9}$/;
