import { expect, test } from "vitest";
import { within } from "./within.ts";

test("what comes in time is given as it comes, and what does not is no longer waited for", async () => {
  await expect(within(10_000, Promise.resolve(1))).resolves.toBe(1);
  await expect(within(10_000, Promise.reject(new Error("why")))).rejects.toThrow("why");
  await expect(within(5, new Promise(() => {}))).rejects.toThrow("no answer in 5 ms");
});
