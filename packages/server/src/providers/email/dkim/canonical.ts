import { createHash } from "node:crypto";
import type { Piece } from "../mime/entity.ts";
import type { Header } from "../mime/header.ts";

/** RFC 6376 §3.4.2, with its line's end. */
export function relaxedHeader({ name, value }: Header): string {
  return `${name.toLowerCase()}:${relaxedValue(value)}\r\n`;
}

export function relaxedValue(value: string): string {
  return value
    .replaceAll("\r\n", "")
    .replaceAll(/[ \t]+/g, " ")
    .trim();
}

/** SHA-256 of the body as RFC 6376 §3.4.4 canonicalises it, in base64. */
export function bodyHash(body: readonly Piece[]): string {
  const hash = createHash("sha256");
  for (const [index, piece] of body.entries()) {
    const text = piece.canonical ? piece.text : relaxedLines(piece.text);
    hash.update(index === body.length - 1 ? withoutEmptyEnd(text) : text, "latin1");
  }
  return hash.digest("base64");
}

// Runs first, then what is left of them at the ends: one expression for both would try each start of a long run.
function relaxedLines(text: string): string {
  return text.replaceAll(/[ \t]{2,}|\t/g, " ").replaceAll(" \r\n", "\r\n");
}

/** Only a body of one piece can end in empty lines: all others end in a boundary. */
function withoutEmptyEnd(text: string): string {
  let end = text.length;
  while (end >= 2 && text.startsWith("\r\n", end - 2)) end -= 2;
  return end === 0 ? "" : `${text.slice(0, end)}\r\n`;
}
