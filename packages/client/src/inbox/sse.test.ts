import { expect, test } from "vitest";
import { SseParser } from "./sse.ts";

const text =
  'retry: 2000\n\nid: 1\ndata: {"a":1}\n\n: heartbeat\n\nid: 2\ndata: {"b":\ndata: 2}\r\n\r\nevent: close\ndata: {"code":4401}\n\n';
const events = [
  { event: "message", data: '{"a":1}' },
  { event: "message", data: '{"b":\n2}' },
  { event: "close", data: '{"code":4401}' },
];

test("a stream gives the same events wherever its chunks are cut", () => {
  for (let size = 1; size <= text.length; size += 1) {
    const parser = new SseParser();
    const found = [];
    for (let from = 0; from < text.length; from += size) found.push(...parser.push(text.slice(from, from + size)));
    expect([size, found]).toEqual([size, events]);
  }
});

test("an event that does not end is given up", () => {
  const parser = new SseParser();
  expect(() => {
    for (let count = 0; count < 10; count += 1) parser.push("x".repeat(1_000_000));
  }).toThrow("does not end");
});
