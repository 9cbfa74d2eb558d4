import { encodedWords, isPlain } from "./encoded-words.ts";

export interface Header {
  name: string;
  /** Folded, without the end of its last line. */
  value: string;
}

/** RFC 5322 §2.1.1 asks for lines of at most 78 characters, and forbids more than 998. */
const lineWanted = 76;
const lineMax = 998;

const controls = /[\p{Cc}\u2028\u2029]/u;
const folded = /^(?:[^\p{Cc}\u2028\u2029]|\t|\r\n[ \t](?=[^ \t\r]))*$/u;

/** True where text holds what could end a header, or hide something in it. */
export const hasControl = (text: string): boolean => controls.test(text);

/**
 * A header whose value was made by this folder. The last gate: whatever would end the header or begin another one is a
 * fault here, however it came in.
 */
export function header(name: string, value: string): Header {
  if (!folded.test(value)) throw new Error(`a control character in ${name}`);
  if (longest(name, value) > lineMax) throw new Error(`${name} is too long`);
  return { name, value };
}

/** A header of free text, such as a subject: encoded where it has to be, else folded between words. */
export function textHeader(name: string, text: string): Header {
  const words = isPlain(text) && foldable(text) ? text : encodedWords(text);
  return header(name, fold(name.length + 2, words.split(" ")));
}

/** Words with a space between two, which becomes a line break where the line is full. */
export function fold(column: number, words: readonly string[]): string {
  let text = "";
  let at = column;
  for (const [index, word] of words.entries()) {
    if (index > 0 && at + 1 + word.length > lineWanted) {
      text += `\r\n ${word}`;
      at = 1 + word.length;
    } else {
      text += index === 0 ? word : ` ${word}`;
      at += word.length + (index === 0 ? 0 : 1);
    }
  }
  return text;
}

export const headerText = ({ name, value }: Header): string => `${name}: ${value}\r\n`;

/** One space between two words, and none at the ends: white space that folding would lose is encoded instead. */
function foldable(text: string): boolean {
  return text.length <= lineWanted / 2
    ? text.trim() === text
    : text.split(" ").every((word) => word !== "" && word.length < lineWanted);
}

function longest(name: string, value: string): number {
  if (value.length < lineWanted) return 0;
  return Math.max(...`${name}: ${value}`.split("\r\n").map((line) => Buffer.byteLength(line)));
}
