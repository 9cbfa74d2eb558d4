import { describe, expect, test } from "vitest";
import type { OnceClaim } from "../../ports/store/feedback.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

function claim({ store, environmentId, at }: Corner, over: Partial<OnceClaim> = {}): Promise<boolean> {
  return store.claimOnce({ environmentId, keyHash: "key", bodyHash: "body", now: at, expiresAt: at + 100, ...over });
}

export function feedbackOnceConformance(open: OpenCorner): void {
  describe("a key that is used once", () => {
    test("holds for the body that came with it first, however often, and for no other", async () => {
      const corner = await open();
      expect(await claim(corner)).toBe(true);
      expect(await claim(corner, { bodyHash: "another" })).toBe(false);
      expect(await claim(corner)).toBe(true);
      expect(await claim(corner, { keyHash: "other", bodyHash: "another" })).toBe(true);
      expect(await claim(corner, { environmentId: corner.otherEnvironmentId, bodyHash: "another" })).toBe(true);
    });

    test("is one of many bodies' that come with it at once", async () => {
      const corner = await open();
      const taken = await Promise.all(times(8, (index) => claim(corner, { bodyHash: `body ${index}` })));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    test("is free again once nobody could come with it any more, whether it was deleted or not", async () => {
      const corner = await open();
      await claim(corner);
      await corner.store.purgeExpiredKeys({ now: corner.at + 99, limit: 1000 });
      expect(await claim(corner, { bodyHash: "another", now: corner.at + 99 })).toBe(false);
      expect(await claim(corner, { bodyHash: "another", now: corner.at + 100, expiresAt: corner.at + 200 })).toBe(true);
      expect(await corner.store.purgeExpiredKeys({ now: corner.at + 200, limit: 1000 })).toBe(1);
      expect(await claim(corner, { now: corner.at + 150, expiresAt: corner.at + 300 })).toBe(true);
    });
  });
}
