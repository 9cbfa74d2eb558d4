const token = /^[A-Za-z0-9!#$&^_.+-]+$/;
const ascii = /^[\x20-\x7e]*$/;
/** A longer value is cut into sections, so that no line grows long (RFC 2231 §3). */
const valueMax = 60;

/**
 * A parameter of Content-Type or Content-Disposition, each on a line of its own: as a token or a quoted string, and where
 * it is not ASCII, or long, as RFC 2231 has it.
 */
export function parameter(name: string, value: string): string {
  const lines = sections(name, value);
  return lines.map((line) => `;\r\n ${line}`).join("");
}

function sections(name: string, value: string): string[] {
  if (ascii.test(value) && value.length <= valueMax) {
    return [token.test(value) ? `${name}=${value}` : `${name}="${value.replaceAll(/["\\]/g, "\\$&")}"`];
  }
  const parts = packedPercent(value);
  if (parts.length === 1) return [`${name}*=UTF-8''${parts[0] ?? ""}`];
  return parts.map((part, index) => `${name}*${index}*=${index === 0 ? "UTF-8''" : ""}${part}`);
}

/** RFC 2231's attribute-char: what a percent-encoded value leaves as it is. */
const attribute = /[A-Za-z0-9!#$&+.^_`|~-]/;

function packedPercent(value: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (const character of value) {
    const encoded = attribute.test(character)
      ? character
      : [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
    if (part.length + encoded.length > valueMax) {
      parts.push(part);
      part = "";
    }
    part += encoded;
  }
  parts.push(part);
  return parts;
}
