import { messageStates } from "@tidings/contract/words";
import { expect, test } from "vitest";
import { fateWords } from "./fate-words.ts";

test("each state of a message has words of its own, with the reason where there is one", () => {
  const words = messageStates.map((state) => fateWords({ state, reason: "", dueAt: undefined }));
  expect(new Set(words).size).toBe(messageStates.length);
  expect(fateWords({ state: "suppressed", reason: "opted_out", dueAt: undefined })).toBe(
    "It was held back when it was to go out: the recipient had said no by then",
  );
  expect(fateWords({ state: "failed", reason: "550 no such user", dueAt: undefined })).toBe(
    "It failed: 550 no such user",
  );
  expect(fateWords({ state: "queued", reason: "paused", dueAt: "2026-11-28T07:00:00.000Z" })).toBe(
    "It waits, as its lane, channel, workflow or integration is paused",
  );
  expect(fateWords({ state: "queued", reason: "", dueAt: "2026-11-28T07:00:00.000Z" })).toBe(
    "It waits, and is due at 2026-11-28T07:00:00.000Z",
  );
});
