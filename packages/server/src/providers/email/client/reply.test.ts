import { expect, it } from "vitest";
import { MalformedReply, ReplyReader } from "./reply.ts";

const read = (...chunks: string[]) => {
  const reader = new ReplyReader();
  return chunks.flatMap((chunk) => reader.push(Buffer.from(chunk)));
};

it("reads replies however they are cut", () => {
  const text = "220 hi\r\n250-a\r\n250-b\r\n250 c\r\n354\r\n250 ok\n";
  const whole = read(text);
  expect(whole).toEqual([
    { code: 220, lines: ["hi"] },
    { code: 250, lines: ["a", "b", "c"] },
    { code: 354, lines: [""] },
    { code: 250, lines: ["ok"] },
  ]);
  expect(read(...text)).toEqual(whole);
});

it.each([
  "hello\r\n",
  "25 x\r\n",
  "250-a\r\n251 b\r\n",
  "950 x\r\n",
  "250_x\r\n",
  "x".repeat(9000),
  "250-x\r\n".repeat(300),
])("takes no reply for what is none: %#", (text) => {
  expect(() => read(text)).toThrow(MalformedReply);
});

it("tells of what is no whole reply yet", () => {
  const reader = new ReplyReader();
  reader.push(Buffer.from("220 go\r\n"));
  expect(reader.isPending).toBe(false);
  reader.push(Buffer.from("250-x\r\n"));
  expect(reader.isPending).toBe(true);
});
