import { hash } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import type { ApiKeyRow } from "../ports/store/keys.ts";
import { Authentication } from "./authentication.ts";

let now = 0;
let asked: string[] = [];
let rows: Map<string, ApiKeyRow>;
let authentication: Authentication;

const clock = { now: () => now, monotonic: () => now, after: () => ({ cancel: () => {} }) };
const row = (key: string): ApiKeyRow => {
  const keyHash = hash("sha256", key, "hex");
  return { id: key, environmentId: 1, name: key, prefix: "", hash: keyHash, createdAt: 0, revokedAt: null };
};

beforeEach(() => {
  now = 0;
  asked = [];
  rows = new Map([row("good"), row("other")].map((each) => [each.hash, each]));
  const findApiKey = async ({ hash: keyHash }: { hash: string }) => {
    asked.push(keyHash);
    return rows.get(keyHash);
  };
  authentication = new Authentication({ store: { findApiKey }, clock, cachedKeysMax: 2, cachedKeyMs: 1000 });
});

const caller = { environmentId: 1, keyId: "good" };

test("a known key is answered from memory, without a promise", async () => {
  expect(await authentication.callerOf("Bearer good")).toEqual(caller);
  expect(authentication.callerOf("bearer good")).toEqual(caller);
  expect(asked).toHaveLength(1);
});

test("requests that come together ask the store once", async () => {
  const both = [authentication.callerOf("Bearer good"), authentication.callerOf("Bearer good")];
  expect(await Promise.all(both)).toEqual([caller, caller]);
  expect(asked).toHaveLength(1);
});

test("a busy key is asked for again beside the answer, and never lives longer than its time", async () => {
  await authentication.callerOf("Bearer good");
  rows.clear();
  now = 600;
  expect(authentication.callerOf("Bearer good")).toEqual(caller);
  await Promise.resolve();
  await Promise.resolve();
  expect(asked).toHaveLength(2);
  expect(await authentication.callerOf("Bearer good")).toBeUndefined();
  rows.set(row("good").hash, row("good"));
  now = 1600;
  expect(await authentication.callerOf("Bearer good")).toEqual(caller);
});

test("a hint forgets all, even an answer that was on its way", async () => {
  const onItsWay = authentication.callerOf("Bearer good");
  authentication.forget();
  rows.clear();
  expect(await onItsWay).toEqual(caller);
  expect(await authentication.callerOf("Bearer good")).toBeUndefined();
});

test("made-up keys push no real one out", async () => {
  await authentication.callerOf("Bearer good");
  for (let n = 0; n < 10; n += 1) await authentication.callerOf(`Bearer made-up-${n}`);
  expect(authentication.callerOf("Bearer good")).toEqual(caller);
});

test("what is no bearer key asks the store nothing", () => {
  for (const header of [undefined, "", "Bearer", "Basic good", "Bearer a b", `Bearer ${"x".repeat(300)}`]) {
    expect(authentication.callerOf(header)).toBeUndefined();
  }
  expect(asked).toEqual([]);
});

test("too many lookups at once are refused", () => {
  for (let n = 0; n < 100; n += 1) authentication.callerOf(`Bearer made-up-${n}`);
  expect(() => authentication.callerOf("Bearer one-more")).toThrow(expect.objectContaining({ code: "overloaded" }));
});
