/*
 * Content-Transfer-Encoding (RFC 2045 §6), chosen by content. Whatever comes out is ASCII in lines of at most 998
 * characters that end in CRLF, holds no other CR or LF, and no line of it can be taken for a boundary, as boundaries
 * begin with `=_`: quoted-printable encodes `=`, base64 has it at ends only, and 7bit is not chosen where it stands.
 */

export interface Encoded {
  encoding: "7bit" | "quoted-printable" | "base64";
  /** Ends in CRLF where it is not empty. */
  text: string;
}

/** Below what RFC 5322 §2.1.1 allows, as gateways add to lines. */
const plainLineMax = 900;
const encodedLineMax = 76;
/** Of the bytes; above it base64 is shorter, and no reader of the source misses anything. */
const base64From = 0.2;

// Not 7bit: what is not printable ASCII, boundaries' beginning, and `From ` at a line's start, which mailboxes escape.
const notPlain = /[^\t\r\n\x20-\x7e]|=_|(?:^|\n)From /;

/** Text of any line endings, encoded as the content wants it. */
export function encodeText(text: string): Encoded {
  const lines = crlf(text);
  if (!notPlain.test(lines) && longestLine(lines) <= plainLineMax) return { encoding: "7bit", text: ended(lines) };
  const bytes = Buffer.from(lines, "utf8");
  return countEncoded(bytes) > bytes.length * base64From
    ? { encoding: "base64", text: base64Lines(bytes) }
    : { encoding: "quoted-printable", text: ended(quotedPrintable(bytes)) };
}

/** Base64 in lines of 76 characters. */
export function base64Lines(bytes: Buffer): string {
  const all = bytes.toString("base64");
  const lines: string[] = [];
  for (let at = 0; at < all.length; at += encodedLineMax) lines.push(all.slice(at, at + encodedLineMax));
  return lines.length === 0 ? "" : `${lines.join("\r\n")}\r\n`;
}

/** Bare CR and bare LF become CRLF: two servers that read them differently are how mail is smuggled (CVE-2024-27938). */
function crlf(text: string): string {
  if (!text.includes("\r")) return text.includes("\n") ? text.replaceAll("\n", "\r\n") : text;
  return text.replaceAll(/\r\n?|\n/g, "\r\n");
}

function ended(text: string): string {
  return text === "" || text.endsWith("\r\n") ? text : `${text}\r\n`;
}

function longestLine(text: string): number {
  let longest = 0;
  let start = 0;
  for (let end = text.indexOf("\r\n"); end !== -1; end = text.indexOf("\r\n", start)) {
    longest = Math.max(longest, end - start);
    start = end + 2;
  }
  return Math.max(longest, text.length - start);
}

const [CR, LF, TAB, SPACE, EQUALS, DOT, F] = [0x0d, 0x0a, 0x09, 0x20, 0x3d, 0x2e, 0x46];

/** 1 for what may stand for itself; white space may not where a line ends. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === TAB || (byte >= SPACE && byte <= 0x7e && byte !== EQUALS) ? 1 : 0,
);

function countEncoded(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (isPlain[byte] === 0 && byte !== CR && byte !== LF) count += 1;
  }
  return count;
}

const hexDigits = Buffer.from("0123456789ABCDEF", "latin1");

/** Reused, as a buffer of its own for each text costs more than filling it. */
const scratch = Buffer.allocUnsafe(64 * 1024);

/**
 * RFC 2045 §6.7, of lines that end in CRLF. White space at a line's end is encoded, and so is a first character that a
 * later station would change: a dot, and the F of `From `.
 */
function quotedPrintable(bytes: Buffer): string {
  // at worst each byte becomes three characters, and each 24 of them a soft line break
  const lengthMax = bytes.length * 3 + Math.ceil(bytes.length / 24) * 3 + 8;
  const out = lengthMax <= scratch.length ? scratch : Buffer.allocUnsafe(lengthMax);
  let length = 0;
  let column = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === CR && bytes[at + 1] === LF) {
      length = copied(out, length, lineBreak);
      column = 0;
      at += 2;
      continue;
    }
    const end = endOfRun(bytes, at, column);
    const needed = end > at ? 1 : 3;
    if (column + needed >= encodedLineMax) {
      length = copied(out, length, softLineBreak);
      column = 0;
      continue;
    }
    if (end > at) {
      column += end - at;
      while (at < end) out[length++] = bytes[at++] ?? 0;
      continue;
    }
    out[length++] = EQUALS;
    out[length++] = hexDigits[byte >> 4] ?? 0;
    out[length++] = hexDigits[byte & 15] ?? 0;
    column += 3;
    at += 1;
  }
  return out.toString("latin1", 0, length);
}

const lineBreak = Uint8Array.of(CR, LF);
const softLineBreak = Uint8Array.of(EQUALS, CR, LF);

function copied(out: Buffer, at: number, bytes: Uint8Array): number {
  for (let index = 0; index < bytes.length; index += 1) out[at + index] = bytes[index] ?? 0;
  return at + bytes.length;
}

/** Where what stands for itself ends, on this line: most of a text is copied in such runs. */
function endOfRun(bytes: Buffer, start: number, column: number): number {
  const first = bytes[start] ?? 0;
  if (column === 0 && (first === DOT || first === F)) return start;
  const max = Math.min(bytes.length, start + Math.max(1, encodedLineMax - 1 - column));
  let end = start;
  while (end < max && isPlain[bytes[end] ?? 0] === 1) end += 1;
  const last = bytes[end - 1];
  const isLineEnd = end === bytes.length || bytes[end] === CR;
  return isLineEnd && end > start && (last === SPACE || last === TAB) ? end - 1 : end;
}
