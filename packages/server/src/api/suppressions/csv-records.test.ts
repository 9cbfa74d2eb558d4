import { expect, test } from "vitest";
import { CsvFault, CsvRecords, csvLine } from "./csv-records.ts";

function read(text: string, piece = 1000): { line: number; fields: string[] }[] {
  const records = new CsvRecords(100);
  const found = [];
  for (let at = 0; at < text.length; at += piece) found.push(...records.push(text.slice(at, at + piece)));
  const last = records.end();
  return last === undefined ? found : [...found, last];
}

test("records are the same however the text is cut, with the line on which each begins", () => {
  const text = 'a,b\r\n"x ""y""","1\n2"\n\n,\nlast';
  const expected = [
    { line: 1, fields: ["a", "b"] },
    { line: 2, fields: ['x "y"', "1\n2"] },
    { line: 5, fields: ["", ""] },
    { line: 6, fields: ["last"] },
  ];
  for (let piece = 1; piece <= text.length; piece += 1) expect(read(text, piece)).toEqual(expected);
});

test.each([
  ['a\n"b', 2, /not closed/],
  ['a"b"', 1, /without quotes/],
  ['\n\n"a"b', 3, /closed quote/],
  [`a\n${"x".repeat(101)}`, 2, /longer than 100/],
])("%j is refused with its line", (text, line, message) => {
  const fault = (): unknown => {
    try {
      return read(text, 3);
    } catch (error) {
      return error;
    }
  };
  const found = fault();
  expect(found).toBeInstanceOf(CsvFault);
  expect(found).toMatchObject({ line, message: expect.stringMatching(message) });
});

test("what is written is read again as it was", () => {
  const fields = ["a", 'b "c"', "d,e", "f\ng", ""];
  expect(read(csvLine(fields))).toEqual([{ line: 1, fields }]);
});
