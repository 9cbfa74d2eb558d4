import { afterEach, describe, expect, test } from "vitest";
import { Keyring } from "../lib/keyring.ts";
import { SeededRandom } from "../lib/seeded-random.ts";
import type { MailboxEntry } from "../ports/provider.ts";
import { SealedMailbox } from "./sealed-mailbox.ts";
import { Database } from "./sqlite/database.ts";
import { inProcessStore } from "./sqlite/in-process.ts";
import { migrate } from "./sqlite/migrate.ts";

const open: Database[] = [];
afterEach(() => {
  for (const database of open.splice(0)) database.close();
});

async function bench(mailsKeptMax = 100) {
  const random = new SeededRandom(1);
  const database = new Database(":memory:", { cacheMib: 2, checkpointPages: 1000 });
  open.push(database);
  migrate(database, 0);
  const store = inProcessStore(database, {
    limits: { turnMs: 10, turnCallsMax: 100 },
    monotonic: () => 0,
    schedule: (turn) => setImmediate(turn),
  });
  const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 100);
  for (const key of ["development", "production"]) {
    const wrapped = { wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() };
    keyring.addEnvironment(await store.createEnvironment({ key, ...wrapped, createdAt: 0 }));
  }
  return { store, mailbox: new SealedMailbox(store, keyring, { mailsKeptMax, batchMax: 4 }) };
}

const entry = (number: number): MailboxEntry => ({
  id: `m${String(number).padStart(3, "0")}.1`,
  messageId: `m${number}`,
  at: 1000 + number,
  to: "anna@example.com",
  content: {
    subject: `Subject ${number}`,
    text: "Hello",
    html: "<p>Hello</p>",
    attachments: [{ filename: "a.pdf", contentType: "application/pdf", bytes: 3 }],
  },
  channel: "email",
});

describe("sealed mailbox", () => {
  test("gives back what it was given, newest first", async () => {
    const { mailbox } = await bench();
    await mailbox.append(1, [entry(1), entry(2)]);
    await mailbox.append(1, [entry(3)]);
    expect(await mailbox.list(1, 2)).toEqual([entry(3), entry(2)]);
    expect(await mailbox.find(1, entry(1).id)).toEqual(entry(1));
    expect(await mailbox.find(1, "nothing")).toBeUndefined();
  });

  test("gives back an in-app message with its link, image, buttons and data", async () => {
    const { mailbox } = await bench();
    const inApp = {
      url: "/orders/1",
      imageUrl: "https://shop.example/mug.png",
      actions: [
        { key: "track", label: "Track it", url: "/track" },
        { key: "later", label: "Later" },
      ],
      data: { order: "A-1001" },
    };
    const shown: MailboxEntry = { ...entry(1), channel: "in_app", content: { subject: "Order", text: "Sent", inApp } };
    await mailbox.append(1, [shown]);
    expect(await mailbox.find(1, shown.id)).toEqual(shown);
  });

  test("gives back what push and chat messages have beside their texts, and templates at vendors", async () => {
    const { mailbox } = await bench();
    const content = {
      text: "Sent",
      push: {
        url: "https://x.example",
        imageUrl: "https://x.example/a",
        data: { a: "b" },
        badge: 1,
        sound: "s",
        collapseKey: "k",
      },
      mediaUrls: ["https://x.example/a.png"],
      stored: { ids: { sendgrid: "d-1" }, data: { data: { order: [1] } } },
    };
    const shown: MailboxEntry = { ...entry(1), channel: "push", content };
    await mailbox.append(1, [shown]);
    expect(await mailbox.find(1, shown.id)).toEqual(shown);
  });

  test("keeps environments apart", async () => {
    const { mailbox } = await bench();
    await mailbox.append(1, [entry(1)]);
    expect(await mailbox.list(2, 10)).toEqual([]);
    expect(await mailbox.find(2, entry(1).id)).toBeUndefined();
  });

  test("keeps the newest up to its bound, per environment", async () => {
    const { mailbox } = await bench(5);
    await mailbox.append(2, [entry(1)]);
    await mailbox.append(
      1,
      Array.from({ length: 20 }, (_, index) => entry(index)),
    );
    expect((await mailbox.list(1, 100)).map((mail) => mail.messageId)).toEqual(["m19", "m18", "m17", "m16", "m15"]);
    expect(await mailbox.list(2, 100)).toHaveLength(1);
  });

  test("holds neither address nor content in clear", async () => {
    const { mailbox, store } = await bench();
    await mailbox.append(1, [entry(1)]);
    const stored = JSON.stringify(await store.listMail({ environmentId: 1, limit: 10 }));
    expect(stored).not.toMatch(/anna|example\.com|Subject|Hello/);
  });

  test("the same entry twice lies in it once", async () => {
    const { mailbox } = await bench();
    await mailbox.append(1, [entry(1)]);
    await mailbox.append(1, [entry(1)]);
    expect(await mailbox.list(1, 10)).toHaveLength(1);
  });

  test("appending nothing is done at once", async () => {
    const { mailbox } = await bench();
    await expect(mailbox.append(1, [])).resolves.toBeUndefined();
  });
});
