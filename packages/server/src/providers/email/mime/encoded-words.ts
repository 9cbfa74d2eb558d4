/** What stands in a header as it is: printable ASCII, and nothing that a reader would take for an encoded word. */
export const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text) && !text.includes("=?");

/** Of an encoded word's 75 characters (RFC 2047 §2), what `=?UTF-8?B?` and `?=` leave. */
const payloadMax = 63;
/** Octets that 60 characters of base64 carry. */
const base64OctetsMax = 45;

// RFC 2047 §5 (3): what a Q word may hold within a phrase, which is less than elsewhere
const literal = /[A-Za-z0-9!*+/-]/;

/**
 * Text as encoded words (RFC 2047), with a space between two; readers drop it. Q where most of it is ASCII, else B. No
 * character is split, and the whole text is encoded, so that no white space is lost.
 */
export function encodedWords(text: string): string {
  const characters = [...text];
  const encoded = characters.filter((character) => !literal.test(character) && character !== " ").length;
  const words = encoded * 3 > characters.length ? base64Words(characters) : quotedWords(characters);
  return words.join(" ");
}

function quotedWords(characters: readonly string[]): string[] {
  return packed(characters.map(quoted), payloadMax).map((word) => `=?UTF-8?Q?${word}?=`);
}

function quoted(character: string): string {
  if (character === " ") return "_";
  if (literal.test(character)) return character;
  return [...Buffer.from(character)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

function base64Words(characters: readonly string[]): string[] {
  const words: string[] = [];
  let word = "";
  let octets = 0;
  for (const character of characters) {
    const own = Buffer.byteLength(character);
    if (octets + own > base64OctetsMax) {
      words.push(word);
      word = "";
      octets = 0;
    }
    word += character;
    octets += own;
  }
  words.push(word);
  return words.map((part) => `=?UTF-8?B?${Buffer.from(part).toString("base64")}?=`);
}

function packed(parts: readonly string[], max: number): string[] {
  const words: string[] = [];
  let word = "";
  for (const part of parts) {
    if (word.length + part.length > max) {
      words.push(word);
      word = "";
    }
    word += part;
  }
  words.push(word);
  return words;
}
