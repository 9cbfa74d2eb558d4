import { describe, expect, test } from "vitest";
import type { OpenCorner } from "./corner.conformance.ts";

export function recipientsConformance(open: OpenCorner): void {
  describe("recipients", () => {
    test("are stored whole, and counted up with each write", async () => {
      const corner = await open();
      const { store, at, environmentId } = corner;
      expect(await store.putRecipient({ recipient: corner.recipient({ profile: '{"a":1}' }) })).toEqual({
        environmentId,
        id: "u1",
        wrappedKey: "key",
        profile: '{"a":1}',
        sealed: "sealed",
        updatedAt: at,
        createdAt: at,
        version: 1,
        choices: null,
      });
      const second = await store.putRecipient({
        recipient: corner.recipient({ sealed: "new", updatedAt: at + 1, createdAt: at + 1 }),
      });
      expect(second).toMatchObject({ sealed: "new", version: 2, updatedAt: at + 1, createdAt: at });
      expect(await store.getRecipient({ environmentId, id: "u1" })).toEqual(second);
    });

    test("are never written over by older data; what is stored comes back", async () => {
      const corner = await open();
      const { store, at } = corner;
      const newer = await store.putRecipient({ recipient: corner.recipient({ updatedAt: at + 10 }) });
      expect(await store.putRecipient({ recipient: corner.recipient({ sealed: "old", updatedAt: at + 9 }) })).toEqual(
        newer,
      );
      const event = await corner.accepted();
      const recipients = [corner.recipient({ sealed: "older", updatedAt: at + 5 })];
      expect(await store.commitEvents({ turns: [corner.turn(event, { recipients })] })).toEqual([
        { status: "committed", dropped: [], held: [] },
      ]);
      expect(await store.getRecipient({ environmentId: corner.environmentId, id: "u1" })).toEqual(newer);
      expect(
        (await store.putRecipient({ recipient: corner.recipient({ sealed: "same", updatedAt: at + 10 }) })).sealed,
      ).toBe("same");
    });

    test("sealed with another key than the row's are refused, as nobody could open them", async () => {
      const corner = await open();
      await corner.store.putRecipient({ recipient: corner.recipient() });
      await expect(
        corner.store.putRecipient({ recipient: corner.recipient({ wrappedKey: "other", sealed: "x" }) }),
      ).rejects.toThrow();
      expect(await corner.store.getRecipient({ environmentId: corner.environmentId, id: "u1" })).toMatchObject({
        wrappedKey: "key",
        sealed: "sealed",
      });
    });

    test("are gone with their key when they are deleted, and begin anew", async () => {
      const corner = await open();
      const key = { environmentId: corner.environmentId, id: "u1" };
      await corner.store.putRecipient({ recipient: corner.recipient({ updatedAt: corner.at + 100 }) });
      expect(await corner.store.deleteRecipient(key)).toBe(true);
      expect(await corner.store.deleteRecipient(key)).toBe(false);
      expect(await corner.store.getRecipient(key)).toBeUndefined();
      expect(await corner.store.loadRecipients({ keys: [key], lane: "critical" })).toEqual([]);
      expect(await corner.store.putRecipient({ recipient: corner.recipient({ wrappedKey: "fresh" }) })).toMatchObject({
        wrappedKey: "fresh",
        version: 1,
      });
    });

    test("of two environments are two, even under one id", async () => {
      const corner = await open();
      const own = { environmentId: corner.environmentId, id: "u1" };
      const other = { environmentId: corner.otherEnvironmentId, id: "u1" };
      await corner.store.putRecipient({ recipient: corner.recipient({ sealed: "own" }) });
      expect(await corner.store.getRecipient(other)).toBeUndefined();
      expect(await corner.store.deleteRecipient(other)).toBe(false);
      await corner.store.putRecipient({
        recipient: corner.recipient({ ...other, sealed: "other", wrappedKey: "other" }),
      });
      const loaded = await corner.store.loadRecipients({
        keys: [own, other, { ...own, id: "nobody" }],
        lane: "transactional",
      });
      expect(loaded.map(({ environmentId, sealed }) => [environmentId, sealed])).toEqual([
        [own.environmentId, "own"],
        [other.environmentId, "other"],
      ]);
    });

    test("come with the messages and runs that are for them, as they are now", async () => {
      const corner = await open();
      const message = await corner.queued();
      const run = await corner.waiting();
      const load = async () => ({
        delivery: (await corner.store.loadDeliveries({ ids: [message.id], lane: "transactional" }))[0]?.recipientRecord,
        run: (await corner.store.loadRuns({ ids: [run.id], lane: "transactional" }))[0]?.recipientRecord,
      });
      expect(await load()).toEqual({ delivery: null, run: null });
      await corner.store.putRecipient({ recipient: corner.recipient() });
      expect(await load()).toMatchObject({ delivery: { sealed: "sealed" }, run: { sealed: "sealed" } });
    });
  });
}
