import { line } from "./text.ts";

/** IANA name of a time zone. */
export const timeZoneSchema = line(64).refine((name) => isTimeZone(name), {
  error: "must be an IANA time zone, such as Europe/Vienna",
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
