import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeText } from "./transfer-encoding.ts";

/** What is told apart by an encoder, and what fills lines up to where they are full. */
const pieces = fc.constantFrom(
  ...[" ", "\t", "\n", "\r", "\r\n", ".", "F", "From ", "=", "=_", "€", "é", "🦊", "\u0001", "word ", " ."],
  ...[73, 74, 75, 76].map((length) => "x".repeat(length)),
);
const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => `${parts.join("")}${"plain words ".repeat(8)}€`);

describe("quoted-printable", () => {
  it("has short lines of printable ASCII that no station between would change", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const encoded = encodeText(text);
        fc.pre(encoded.encoding === "quoted-printable");
        expect(encoded.text).toMatch(/\r\n$/);
        for (const line of encoded.text.slice(0, -2).split("\r\n")) {
          expect(line).toMatch(/^(?:[\t\x20-\x3c\x3e-\x7e]|=[0-9A-F]{2})*=?$/);
          expect(line).not.toMatch(/[ \t]$|^[.F]/);
          expect(line.length).toBeLessThanOrEqual(76);
        }
      }),
    );
  });

  it("breaks a line where the next character would not fit, and not before", () => {
    const lines = encodeText(`${"x".repeat(200)}€`).text.split("\r\n");
    expect(lines.map((line) => line.length)).toEqual([76, 76, 59, 0]);
    expect(encodeText(`${"x".repeat(75)}\n€`).text).toMatch(/^x{75}\r\n=E2=82=AC\r\n$/);
    expect(encodeText(`${"x".repeat(74)} \n€`).text).toMatch(/^x{74}=\r\n=20\r\n=E2=82=AC\r\n$/);
  });
});
