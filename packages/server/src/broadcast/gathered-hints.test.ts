import { expect, test } from "vitest";
import { GatheredHints } from "./gathered-hints.ts";

test("each subject is told once, hints in the order in which they came", () => {
  const gathered = new GatheredHints();
  for (const subject of ["1:a", "1:b", "1:a"]) gathered.add("inbox", subject);
  gathered.add("work", "");
  gathered.add("inbox", "1:c");
  expect(gathered.take()).toEqual([
    ["inbox", "1:a"],
    ["inbox", "1:b"],
    ["inbox", "1:c"],
    ["work", ""],
  ]);
  expect([gathered.isEmpty, gathered.take()]).toEqual([true, []]);
});

test("more subjects than are kept become one hint without a subject, and so do those that follow", () => {
  const gathered = new GatheredHints();
  gathered.add("work", "events.critical");
  for (let index = 0; index < 1002; index += 1) gathered.add("inbox", `1:${index}`);
  expect(gathered.take()).toEqual([
    ["work", "events.critical"],
    ["inbox", ""],
  ]);
});

test("one message holds what the server takes, the next one the rest, and each at least one hint", () => {
  const gathered = new GatheredHints();
  const subjects = Array.from({ length: 30 }, (_, index) => `${"東".repeat(995)}${index}`);
  for (const subject of subjects) gathered.add("inbox", subject);
  const told: string[] = [];
  while (!gathered.isEmpty) {
    const taken = gathered.take();
    expect(Buffer.byteLength(JSON.stringify({ from: crypto.randomUUID(), hints: taken }))).toBeLessThan(8000);
    told.push(...taken.map(([, subject]) => subject));
  }
  expect(told).toEqual(subjects);
});
