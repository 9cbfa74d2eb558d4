/** Octets of one string in a TXT record (RFC 1035 §3.3.14). */
const stringMax = 255;
const ttlSeconds = 3600;

/** A TXT record as a zone file has it (RFC 1035 §5.1), long text in several strings. */
export function txtLine(name: string, text: string): string {
  const strings = text.match(new RegExp(`.{1,${stringMax}}`, "g")) ?? [""];
  const quoted = strings.map((string) => `"${string.replaceAll(/["\\]/g, "\\$&")}"`);
  return `${name}. ${ttlSeconds} IN TXT ${quoted.join(" ")}`;
}

export const recordLine = (name: string, type: "MX" | "PTR" | "A" | "AAAA", value: string): string =>
  `${name}. ${ttlSeconds} IN ${type} ${value}`;
