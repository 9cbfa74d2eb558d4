import { describe, expect, test } from "vitest";
import { collapseHash } from "./collapse-key.ts";

describe("a message's collapse key", () => {
  const data = { matchId: 7, none: null };
  const origin = { environmentId: 1, workflow: "score", channel: "push" } as const;
  const of = (key: string | undefined, over: object = {}, recipient = "u1", address = "h") =>
    collapseHash({ data }, key, { ...origin, ...over }, recipient, address);

  test("is none where its step has none, or its event no value", () => {
    expect([of(undefined), of("data.other"), of("data.matchId.deeper")]).toEqual([undefined, undefined, undefined]);
  });

  test("differs with the value, and with whose message it is", () => {
    const hashes = [
      of("data.matchId"),
      of("data.none"),
      of("data.matchId", { environmentId: 2 }),
      of("data.matchId", { workflow: "goal" }),
      of("data.matchId", { channel: "sms" }),
      of("data.matchId", {}, "u2"),
      of("data.matchId", {}, "u1", "i"),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(of("data.matchId")).toBe(hashes[0]);
  });
});
