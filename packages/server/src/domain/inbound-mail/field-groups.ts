import { headerOf } from "./mail-parts.ts";

/** Fields by name, in lower case; of several with one name, the first. */
export type FieldGroup = ReadonlyMap<string, string>;

/** Groups and fields of one report that are read; a report about one message needs two groups of a dozen. */
const groupsMax = 100;
const fieldsMax = 100;
const valueLengthMax = 1000;

/** Reads groups of header fields with blank lines between them (RFC 3464 §2.1, RFC 5965 §3). Lines that are no field are passed over. */
export function fieldGroups(text: string): FieldGroup[] {
  return text
    .split(/\r?\n[ \t]*(?:\r?\n[ \t]*)+/, groupsMax)
    .map(fieldsOf)
    .filter((group) => group.size > 0);
}

function fieldsOf(text: string): FieldGroup {
  const fields = new Map<string, string>();
  for (const line of text.replaceAll(/\r?\n[ \t]+/g, " ").split(/\r?\n/, fieldsMax)) {
    const at = line.indexOf(":");
    const name = line.slice(0, Math.max(0, at)).trim().toLowerCase();
    if (/^[!-9;-~]+$/.test(name) && !fields.has(name))
      fields.set(
        name,
        line
          .slice(at + 1)
          .trim()
          .slice(0, valueLengthMax),
      );
  }
  return fields;
}

/** What stands behind the type, as in `smtp; 550 5.1.1 …` (RFC 3464 §2.1.2), without comments. */
export function typedValue(value: string): string {
  return value.slice(value.indexOf(";") + 1).trim();
}

/** Fields of the headers of a mail that a report carries, whole or its headers alone. */
export function headersOfReported(text: string): FieldGroup {
  return fieldsOf(text.split(/\r?\n\r?\n/, 1)[0] ?? "");
}

/** Whether a header says so, as `no` is what a person's mail may say (RFC 3834 §5). */
export const saysOtherThanNo = (mail: Parameters<typeof headerOf>[0], name: string): boolean => {
  const value = headerOf(mail, name).trim().toLowerCase();
  return value !== "" && !/^no\b/.test(value);
};
