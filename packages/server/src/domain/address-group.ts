import type { Channel } from "@tidings/contract/words";
import { countryOfCode } from "./calling-codes.ts";

/**
 * What addresses share that may refuse them all: of mail its domain, of a phone number its country's code (ITU-T E.164), as its
 * carrier is not to be seen from it. Empty where a channel's addresses have nothing in common.
 */
export function addressGroup(channel: Channel, to: string): string {
  if (channel === "email") return to.slice(to.lastIndexOf("@") + 1).toLowerCase();
  return channel === "sms" || channel === "voice" ? callingCode(to) : "";
}

/** The only codes of one digit, and those of two; all others have three. */
const twoDigits = /^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** Calling code of a number in E.164 form, without the plus; empty for what is none. */
export function callingCode(phone: string): string {
  const digits = /^\+(\d{7,15})$/.exec(phone)?.[1];
  if (digits === undefined) return "";
  if (digits.startsWith("1") || digits.startsWith("7")) return digits.slice(0, 1);
  return digits.slice(0, twoDigits.test(digits) ? 2 : 3);
}

/** Where a message goes to: of a phone number its country, else the recipient's own. */
export function countryOfAddress(channel: Channel, to: string, own: string | undefined): string | undefined {
  return channel === "sms" || channel === "voice" ? (countryOfCode(callingCode(to), own) ?? own) : own;
}
