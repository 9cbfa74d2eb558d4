import { type ValueForm, valueForms } from "@tidings/contract/value-forms";

const asText = (value: unknown): string | undefined => {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
};

const asNumber = (value: unknown): number | undefined => {
  const number = Number(asText(value) || Number.NaN);
  return Number.isFinite(number) ? number : undefined;
};

const onTime = (value: unknown, make: (date: Date) => unknown): unknown =>
  typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= 8.64e15 ? make(new Date(value)) : undefined;

const iso = (value: unknown): unknown => onTime(value, (date) => date.toISOString());

/** What a value may be made into; undefined where it cannot. Times come as ms. */
const forms: Readonly<Record<ValueForm, (value: unknown) => unknown>> = {
  text: asText,
  number: asNumber,
  /** A phone number without its plus. */
  digits: (value) => asText(value)?.replaceAll(/\D/g, ""),
  json: (value) => (value === undefined ? undefined : JSON.stringify(value)),
  base64: (value) => {
    const text = asText(value);
    return text === undefined ? undefined : Buffer.from(text).toString("base64");
  },
  seconds: (value) => onTime(value, (date) => Math.floor(date.getTime() / 1000)),
  iso,
  /** Where the time comes as seconds. */
  isoOfSeconds: (value) => iso((asNumber(value) ?? Number.NaN) * 1000),
};

export const isForm = (name: string): name is ValueForm => valueForms.some((form) => form === name);

export const formOf = (value: unknown, form: string): unknown => (isForm(form) ? forms[form](value) : undefined);
