import { describe, expect, test } from "vitest";
import { noChoices, writtenChoices } from "../../domain/policy/choices.ts";
import type { ChoicesWrite } from "../../ports/store/choices.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

function writeOf({ environmentId }: Corner, version: number, name = "a"): ChoicesWrite {
  const choices = writtenChoices({ ...noChoices, preferences: { categories: { [name]: { all: "off" } } } });
  return { environmentId, id: "u1", version, wrappedKey: "key", choices, optOuts: [], consents: [] };
}

function keyed(corner: Corner, bodyHash = "body"): NewEvent {
  const idempotency = { keyHash: "change key", bodyHash, expiresAt: corner.at + 86_400_000 };
  return corner.event({ idempotency });
}

async function known(open: OpenCorner): Promise<Corner> {
  const corner = await open();
  await corner.store.putRecipient({ recipient: corner.recipient() });
  return corner;
}

const isThere = async ({ store, environmentId }: Corner, { id }: NewEvent): Promise<boolean> =>
  (await store.getEvent({ environmentId, id, limit: 1 })) !== undefined;
const versionOf = async ({ store, environmentId }: Corner): Promise<number | undefined> =>
  (await store.getRecipient({ environmentId, id: "u1" }))?.version;

export function changeEventsConformance(open: OpenCorner): void {
  describe("events that tell of changes", () => {
    test("are accepted with what they tell of, and are due; without it they are not there", async () => {
      const corner = await known(open);
      const { store } = corner;
      const [first, lost] = [corner.event(), corner.event()];
      expect(await store.putChoices({ writes: [{ ...writeOf(corner, 1), events: [first] }] })).toEqual([true]);
      expect(await store.putChoices({ writes: [{ ...writeOf(corner, 1), events: [lost] }] })).toEqual([false]);
      expect([await isThere(corner, first), await isThere(corner, lost)]).toEqual([true, false]);
      const [newer, older] = [corner.event(), corner.event()];
      await store.putRecipient({ recipient: corner.recipient({ updatedAt: corner.at + 5 }), events: [newer] });
      await store.putRecipient({ recipient: corner.recipient({ updatedAt: corner.at + 1 }), events: [older] });
      expect([await isThere(corner, newer), await isThere(corner, older)]).toEqual([true, false]);
    });

    test("that are the change make it once, however often they are sent at once", async () => {
      const corner = await known(open);
      const { store } = corner;
      const events = times(5, () => keyed(corner));
      const results = await Promise.all(
        events.map((event) => store.acceptChange({ event, choices: writeOf(corner, 1) })),
      );
      const accepted = results.filter(({ status }) => status === "accepted");
      expect(accepted).toHaveLength(1);
      expect(await versionOf(corner)).toBe(2);
      const again = await store.acceptChange({ event: keyed(corner), choices: writeOf(corner, 2, "b") });
      expect(again).toMatchObject({ status: "duplicate" });
      expect(await store.acceptChange({ event: keyed(corner, "other"), choices: writeOf(corner, 2) })).toEqual({
        status: "mismatch",
      });
      expect(await versionOf(corner)).toBe(2);
    });

    test("leave their key free where the recipient was changed meanwhile, or is gone", async () => {
      const corner = await known(open);
      const { store, environmentId } = corner;
      const event = keyed(corner);
      expect(await store.acceptChange({ event, choices: writeOf(corner, 7) })).toEqual({ status: "changed" });
      const other = { ...writeOf(corner, 1), wrappedKey: "other" };
      expect(await store.acceptChange({ event, choices: other })).toEqual({ status: "changed" });
      expect(await isThere(corner, event)).toBe(false);
      expect(await store.acceptChange({ event, choices: writeOf(corner, 1) })).toMatchObject({ status: "accepted" });
      await store.deleteRecipient({ environmentId, id: "u1" });
      const late = corner.event();
      expect(await store.acceptChange({ event: late, choices: writeOf(corner, 2) })).toEqual({ status: "changed" });
      expect(await isThere(corner, late)).toBe(false);
    });

    test("make a recipient, and write one over", async () => {
      const corner = await open();
      const { store, at } = corner;
      const made = await store.acceptChange({ event: corner.event(), recipient: corner.recipient() });
      expect([made.status, await versionOf(corner)]).toEqual(["accepted", 1]);
      const recipient = corner.recipient({ sealed: "new", updatedAt: at + 1 });
      expect(await store.acceptChange({ event: keyed(corner), recipient })).toMatchObject({ status: "accepted" });
      expect(await store.acceptChange({ event: keyed(corner), recipient })).toMatchObject({ status: "duplicate" });
      expect(await versionOf(corner)).toBe(2);
      const foreign = corner.recipient({ wrappedKey: "other", updatedAt: at + 2 });
      expect(await store.acceptChange({ event: corner.event(), recipient: foreign })).toEqual({ status: "changed" });
    });
  });
}
