import type Handlebars from "handlebars";
import { type Formats, numberOf, timeOf } from "./formats.ts";
import { HelperFault, type Rendering } from "./rendering.ts";

/** Names that follow a helper's values, as it gets them. */
type Hash = Readonly<Record<string, unknown>>;
interface Call {
  hash: Hash;
  line: number | undefined;
}

const styles = ["short", "medium", "long", "full"] as const;

/** Dates, numbers and amounts in the recipient's locale and time zone. A value that is not there shows nothing. */
export function registerFormatHelpers(handlebars: typeof Handlebars, rendering: Rendering, formats: Formats): void {
  const help = (name: string, show: (value: unknown, call: Call, second: unknown) => string) =>
    handlebars.registerHelper(name, (...given: unknown[]): string => {
      rendering.checkTime();
      const [value] = given;
      return isMissing(value) ? "" : show(value, callOf(given.at(-1)), given[1]);
    });
  const locale = () => rendering.facts.recipient.locale;
  const zone = (call: Call) => textOf(call, "zone") ?? rendering.facts.recipient.timeZone ?? "UTC";
  const formatTime = (value: unknown, call: Call, options: Intl.DateTimeFormatOptions) => {
    const time = timeOf(value);
    if (time === undefined) throw new HelperFault(call.line, "has a value that is no date");
    const timeZone = time.isDay ? "UTC" : zone(call);
    return inRange(call, "a time zone", () => formats.dateTime(locale(), { ...options, timeZone }).format(time.date));
  };
  help("date", (value, call) => {
    const timeStyle = styleOf(call, "time", undefined);
    const dateStyle = styleOf(call, "style", "medium");
    return formatTime(value, call, { ...(dateStyle && { dateStyle }), ...(timeStyle && { timeStyle }) });
  });
  help("time", (value, call) => {
    const timeStyle = styleOf(call, "style", "short");
    return formatTime(value, call, { ...(timeStyle && { timeStyle }) });
  });
  const formatNumber = (value: unknown, call: Call, options: Intl.NumberFormatOptions) => {
    const number = numberOf(value);
    if (number === undefined) throw new HelperFault(call.line, "has a value that is no number");
    const digits = numberOf(call.hash["digits"]);
    const fraction = digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return inRange(call, "a form of numbers", () =>
      formats.number(locale(), { ...options, ...fraction }).format(number),
    );
  };
  help("number", (value, call) =>
    formatNumber(value, call, { style: textOf(call, "style") === "percent" ? "percent" : "decimal" }),
  );
  help("currency", (value, call, code) => {
    if (isMissing(code)) return "";
    if (typeof code !== "string" || !/^[A-Za-z]{3}$/.test(code))
      throw new HelperFault(call.line, "has a value that is no currency");
    return formatNumber(value, call, { style: "currency", currency: code.toUpperCase() });
  });
  handlebars.registerHelper("t", (name: unknown, options: unknown): string => {
    rendering.checkTime();
    const { hash, line } = callOf(options);
    const { messages } = rendering.around;
    if (messages === undefined) throw new HelperFault(line, "there are no messages");
    return messages.format(String(name), rendering.facts, hash, line);
  });
}

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === "";

function callOf(options: unknown): Call {
  const given = typeof options === "object" && options !== null ? options : {};
  return { hash: recordOf(Reflect.get(given, "hash")), line: lineOf(given) };
}

/** Line of the call in its source. */
export function lineOf(options: object): number | undefined {
  const loc: unknown = Reflect.get(options, "loc");
  const start: unknown = typeof loc === "object" && loc !== null ? Reflect.get(loc, "start") : undefined;
  const line: unknown = typeof start === "object" && start !== null ? Reflect.get(start, "line") : undefined;
  return typeof line === "number" ? line : undefined;
}

function recordOf(value: unknown): Hash {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function textOf({ hash }: Call, name: string): string | undefined {
  const value = hash[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function styleOf(call: Call, name: string, otherwise: (typeof styles)[number] | undefined) {
  const text = textOf(call, name);
  if (text === undefined) return otherwise;
  const style = styles.find((known) => known === text);
  if (style === undefined) throw new HelperFault(call.line, `has no ${name} of that name`);
  return style;
}

function inRange(call: Call, what: string, format: () => string): string {
  try {
    return format();
  } catch (error) {
    if (error instanceof RangeError) throw new HelperFault(call.line, `has a value that is not ${what}`);
    throw error;
  }
}
