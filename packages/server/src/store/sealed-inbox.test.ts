import { afterEach, describe, expect, test } from "vitest";
import { InProcessBroadcast } from "../broadcast/in-process.ts";
import { sealContext } from "../domain/event-payload.ts";
import { recipientWrite } from "../domain/recipient-write.ts";
import { deriveId } from "../lib/ids.ts";
import { Keyring } from "../lib/keyring.ts";
import { SeededRandom } from "../lib/seeded-random.ts";
import { SimulatedClock } from "../lib/simulated-clock.ts";
import type { InboxEntry } from "../ports/inbox.ts";
import { SealedInbox } from "./sealed-inbox.ts";
import { Database } from "./sqlite/database.ts";
import { inProcessStore } from "./sqlite/in-process.ts";
import { migrate } from "./sqlite/migrate.ts";

const open: Database[] = [];
afterEach(() => {
  for (const database of open.splice(0)) database.close();
});

const at = Date.UTC(2026, 0, 1);
const bounds = { itemsMax: 100, changesMax: 100 };

async function bench(batchMax = 3) {
  const random = new SeededRandom(1);
  const database = new Database(":memory:", { cacheMib: 2, checkpointPages: 1000 });
  open.push(database);
  migrate(database, 0);
  const limits = { turnMs: 10, turnCallsMax: 100 };
  const store = inProcessStore(database, { limits, monotonic: () => 0, schedule: (turn) => setImmediate(turn) });
  const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 100);
  const wrapped = { wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() };
  const { id: environmentId } = await store.createEnvironment({ key: "development", ...wrapped, createdAt: 0 });
  keyring.addEnvironment({ id: environmentId, ...wrapped });
  const write = (id: string) =>
    store.putRecipient({
      recipient: recipientWrite({
        environmentId,
        id,
        body: {},
        updatedAt: at,
        createdAt: at,
        existingWrappedKey: undefined,
        sealer: keyring,
      }),
    });
  const broadcast = new InProcessBroadcast(() => {});
  const hints: string[] = [];
  broadcast.subscribe("inbox", (subject) => hints.push(subject));
  const calls: number[] = [];
  const counting = {
    loadRecipients: store.loadRecipients,
    addInboxItems: (input: Parameters<typeof store.addInboxItems>[0]) => {
      calls.push(input.items.length);
      return store.addInboxItems(input);
    },
  };
  const clock = new SimulatedClock(at);
  const inbox = new SealedInbox({ store: counting, keyring, broadcast, clock }, { ...bounds, batchMax });
  return { store, keyring, inbox, environmentId, write, hints, calls };
}

const entry = (number: number, recipient: string, over: Partial<InboxEntry> = {}): InboxEntry => ({
  messageId: deriveId(at + number, "m"),
  recipient,
  createdAt: at,
  expiresAt: null,
  content: { title: "Hello", text: `Text ${number}` },
  ...over,
});

describe("sealed inbox", () => {
  test("seals an item with its recipient's key, and tells who watches the inbox", async () => {
    const { store, keyring, inbox, environmentId, write, hints } = await bench();
    const { wrappedKey } = await write("anna");
    await write("ben");
    expect(await inbox.deliver(environmentId, "transactional", [entry(1, "anna"), entry(2, "ben")])).toEqual([
      "stored",
      "stored",
    ]);
    const key = { environmentId, recipient: "anna" };
    const generation = await store.openInbox({ ...key, now: at });
    const page = await store.listInbox({ ...key, generation, now: at, filter: "all", before: "", limit: 9, bounds });
    const sealed = page?.items[0]?.sealed ?? "";
    expect(sealed).not.toContain("Text");
    expect(JSON.parse(keyring.unsealForRecipient(wrappedKey, sealContext.inboxItem, sealed))).toEqual(
      entry(1, "anna").content,
    );
    expect(hints).toEqual([`${environmentId}:anna`, `${environmentId}:ben`]);
  });

  test("gives each entry its own result, in order, and stores a large call in bounded parts", async () => {
    const { inbox, environmentId, write, calls } = await bench(3);
    await write("anna");
    const entries = [
      entry(1, "anna"),
      entry(2, "nobody"),
      entry(1, "anna"),
      entry(3, "anna", { expiresAt: at }),
      ...[4, 5, 6, 7].map((number) => entry(number, "anna")),
    ];
    expect(await inbox.deliver(environmentId, "marketing", entries)).toEqual([
      "stored",
      "recipient_gone",
      "duplicate",
      "expired",
      "stored",
      "stored",
      "stored",
      "stored",
    ]);
    expect(calls).toEqual([3, 3, 1]);
  });

  test("does not take an item that was sealed with a key that is gone", async () => {
    const { store, inbox, environmentId, write } = await bench();
    await write("anna");
    const read = store.loadRecipients;
    const raced = await read({ keys: [{ environmentId, id: "anna" }], lane: "critical" });
    await store.deleteRecipient({ environmentId, id: "anna" });
    await write("anna");
    const late = new SealedInbox(
      {
        store: { loadRecipients: async () => raced, addInboxItems: store.addInboxItems },
        keyring: { sealForRecipient: (_key, _context, text) => text },
        broadcast: { publish: () => {} },
        clock: new SimulatedClock(at),
      },
      { ...bounds, batchMax: 10 },
    );
    expect(await late.deliver(environmentId, "critical", [entry(1, "anna")])).toEqual(["recipient_gone"]);
    expect(await inbox.deliver(environmentId, "critical", [entry(1, "anna")])).toEqual(["stored"]);
  });
});
