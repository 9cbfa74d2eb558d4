import { expect, test } from "vitest";
import { type CsvPart, csvParts } from "./csv-parts.ts";

async function cut(text: string, piece: number, bounds = { recordsMax: 2, lengthMax: 1000 }): Promise<CsvPart[]> {
  async function* pieces(): AsyncIterable<string> {
    for (let at = 0; at < text.length; at += piece) yield text.slice(at, at + piece);
  }
  const parts: CsvPart[] = [];
  for await (const part of csvParts(pieces(), bounds)) parts.push(part);
  return parts;
}

test("each part has the names of the columns, and tells where in the file it lies", async () => {
  const text = 'a,b\n1,"x\ny"\n2,z\n3,"""\n"\n4,w';
  for (let piece = 1; piece <= text.length; piece += 1)
    expect(await cut(text, piece)).toEqual([
      { text: 'a,b\n1,"x\ny"\n2,z\n', linesBefore: 0, records: 2 },
      { text: 'a,b\n3,"""\n"\n4,w', linesBefore: 3, records: 2 },
    ]);
});

test("a part ends before it is too long, and a file of names alone is one part", async () => {
  expect((await cut("a\n11\n22\n", 3, { recordsMax: 10, lengthMax: 5 })).map(({ text }) => text)).toEqual([
    "a\n11\n",
    "a\n22\n",
  ]);
  expect(await cut("a,b\n", 1)).toEqual([{ text: "a,b\n", linesBefore: 0, records: 0 }]);
  expect(await cut("", 1)).toEqual([]);
});
