/** A mail, taken apart: what an inbound mail is judged by. Nothing of it is believed but what is signed by us. */
export interface MailParts {
  /** Of the mail itself, in order, names in lower case, unfolded. */
  headers: readonly MailHeader[];
  /** Leaves other than text that is shown, in order: reports, the mail that a report is about, files. */
  parts: readonly MailPart[];
  /** Plain text of its body; empty where there is none. */
  text: string;
}

export interface MailHeader {
  name: string;
  value: string;
}

export interface MailPart {
  /** In lower case, such as `message/delivery-status`. */
  type: string;
  /** Empty where there is none. */
  filename: string;
  bytes: Uint8Array;
}

/** The first of that name; empty where there is none. */
export function headerOf({ headers }: Pick<MailParts, "headers">, name: string): string {
  return headers.find((header) => header.name === name)?.value ?? "";
}

/** Of the multipart/report that the mail is (RFC 6522): its `report-type`; empty where it is none. */
export function reportTypeOf(mail: Pick<MailParts, "headers">): string {
  const [, parameters] = /^\s*multipart\/report\s*;(.*)$/is.exec(headerOf(mail, "content-type")) ?? [];
  const [, type = ""] = /(?:^|;)\s*report-type\s*=\s*"?([\w-]+)"?/i.exec(parameters ?? "") ?? [];
  return type.toLowerCase();
}

/** Text of the first part of one of these types; undefined where there is none. */
export function textOfPart(mail: MailParts, ...types: readonly string[]): string | undefined {
  const part = mail.parts.find(({ type }) => types.includes(type));
  return part === undefined ? undefined : new TextDecoder().decode(part.bytes);
}
