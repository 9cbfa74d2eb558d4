import { describe, expect, test } from "vitest";
import type { OpenCorner } from "./corner.conformance.ts";
import { times } from "./corner.conformance.ts";
import { bounds, InboxBench } from "./inbox-rows.conformance.ts";

export function inboxConformance(open: OpenCorner): void {
  describe("an inbox", () => {
    test("counts what is new, and lists it newest first, page by page", async () => {
      const inbox = await InboxBench.open(await open());
      const ids = (await Promise.all(times(5, () => inbox.add()))).sort().reverse();
      expect(await inbox.ids()).toEqual(ids);
      const first = await inbox.list("all", "", 2);
      expect(first).toMatchObject({ wrappedKey: "key", head: { unseen: 5, unread: 5 } });
      expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      expect((await inbox.list("all", ids[1], 2)).items.map(({ id }) => id)).toEqual(ids.slice(2, 4));
      expect(first.items[0]).toEqual({
        id: ids[0],
        createdAt: inbox.now,
        expiresAt: null,
        sealed: `sealed ${ids[0]}`,
        seenAt: null,
        readAt: null,
        archivedAt: null,
        action: null,
        actedAt: null,
      });
    });

    test("has a message once, however often its attempt is repeated, and also after it has left", async () => {
      const corner = await open();
      const inbox = await InboxBench.open(corner);
      const message = await corner.sending({ recipient: "u1", channel: "in_app" });
      const item = inbox.item({ id: message.id, expiresAt: inbox.now + 100 });
      expect(await inbox.addAll([item, item])).toEqual(["stored", "duplicate"]);
      expect(await inbox.addAll([item])).toEqual(["duplicate"]);
      expect(await inbox.counts()).toEqual({ unseen: 1, unread: 1 });
      inbox.now += 100;
      expect(await inbox.ids()).toEqual([]);
      expect(await inbox.addAll([{ ...item, expiresAt: null }])).toEqual(["duplicate"]);
      expect(await inbox.ids()).toEqual([]);
    });

    test("takes nothing for a recipient who is not there, has another key, or whose item has expired", async () => {
      const inbox = await InboxBench.open(await open());
      expect(
        await inbox.addAll([
          inbox.item({ recipient: "nobody" }),
          inbox.item({ wrappedKey: "old" }),
          inbox.item({ environmentId: inbox.corner.otherEnvironmentId }),
          inbox.item({ expiresAt: inbox.now }),
          inbox.item(),
        ]),
      ).toEqual(["recipient_gone", "recipient_gone", "recipient_gone", "expired", "stored"]);
      expect(await inbox.counts()).toEqual({ unseen: 1, unread: 1 });
    });

    test("follows what is seen, read and archived, and back", async () => {
      const inbox = await InboxBench.open(await open());
      const [a, b, c] = [await inbox.add(), await inbox.add(), await inbox.add()];
      const steps = [
        ["seen", [a], { unseen: 2, unread: 3 }],
        ["read", [b], { unseen: 1, unread: 2 }],
        ["archive", [c, a], { unseen: 0, unread: 0 }],
        ["unread", [b], { unseen: 0, unread: 1 }],
        ["unarchive", [c], { unseen: 1, unread: 2 }],
      ] as const;
      for (const [kind, ids, counts] of steps) {
        inbox.now += 1;
        expect([kind, await inbox.change(kind, ...ids)]).toMatchObject([kind, { changed: ids.length, head: counts }]);
        expect([kind, await inbox.counts()]).toEqual([kind, counts]);
      }
      expect([
        await inbox.ids("unseen"),
        await inbox.ids("unread"),
        await inbox.ids("archived"),
        await inbox.ids(),
      ]).toEqual([[c], [c, b], [a], [c, b]]);
      expect(await inbox.find(a)).toMatchObject({ seenAt: inbox.corner.at + 1, readAt: null });
    });

    test("changes nothing, and takes no number, for what is so already or is not there", async () => {
      const inbox = await InboxBench.open(await open());
      const id = await inbox.add();
      await inbox.change("read", id);
      const sequence = await inbox.sequence();
      for (const kind of ["seen", "read", "unarchive"] as const)
        expect(await inbox.change(kind, id, inbox.corner.id())).toMatchObject({ changed: 0 });
      expect(await inbox.sequence()).toBe(sequence);
    });

    test("is changed up to what was there, and in parts", async () => {
      const inbox = await InboxBench.open(await open());
      for (const _ of times(5, () => 0)) await inbox.add();
      const upTo = await inbox.sequence();
      const late = await inbox.add();
      expect(await inbox.upTo("seen", upTo, 3)).toMatchObject({ changed: 3, more: true });
      expect(await inbox.upTo("seen", upTo, 3)).toMatchObject({ changed: 2, more: false, head: { unseen: 1 } });
      expect(await inbox.ids("unseen")).toEqual([late]);
      expect(await inbox.upTo("read", Number.MAX_SAFE_INTEGER)).toMatchObject({ changed: 6, head: { unread: 0 } });
    });

    test("keeps the first action that is taken, which reads the item", async () => {
      const inbox = await InboxBench.open(await open());
      const id = await inbox.add();
      expect(await inbox.act(id, "accept")).toMatchObject({ changed: 1, head: { unseen: 0, unread: 0 } });
      expect(await inbox.act(id, "decline")).toMatchObject({ changed: 0 });
      expect(await inbox.find(id)).toMatchObject({ action: "accept", actedAt: inbox.now, readAt: inbox.now });
    });

    test("tells the message: delivered when stored, opened, read and clicked once", async () => {
      const corner = await open();
      const inbox = await InboxBench.open(corner);
      const message = await corner.sending({ recipient: "u1", channel: "in_app" });
      await inbox.add({ id: message.id });
      expect(await corner.row(message)).toMatchObject({ state: "delivered", deliveredAt: inbox.now, dueAt: null });
      await corner.record(message);
      expect(await corner.row(message)).toMatchObject({ state: "delivered", attempts: [{ outcome: "accepted" }] });
      inbox.now += 10;
      await inbox.change("seen", message.id);
      expect(await corner.row(message)).toMatchObject({ openedAt: inbox.now, readAt: null });
      inbox.now += 10;
      await inbox.change("read", message.id);
      const readAt = inbox.now;
      inbox.now += 10;
      await inbox.change("unread", message.id);
      await inbox.act(message.id, "buy");
      expect(await corner.row(message)).toMatchObject({ readAt, openedAt: readAt - 10, clickedAt: inbox.now });
    });

    test("loses an expired item exactly at its time: from the list, the counts and by a change", async () => {
      const inbox = await InboxBench.open(await open());
      const [first, second] = [
        await inbox.add({ expiresAt: inbox.now + 100 }),
        await inbox.add({ expiresAt: inbox.now + 50 }),
      ];
      const kept = await inbox.add();
      const since = await inbox.sequence();
      inbox.now += 49;
      expect(await inbox.ids()).toEqual([kept, second, first]);
      inbox.now += 1;
      expect(await inbox.change("read", second)).toMatchObject({ changed: 0, head: { unseen: 2, unread: 2 } });
      inbox.now += 50;
      expect(await inbox.read(since)).toMatchObject({
        head: { unseen: 1, unread: 1 },
        changes: [
          { kind: "removed", id: second, unseen: 2, unread: 2, item: null },
          { kind: "removed", id: first, unseen: 1, unread: 1, item: null },
        ],
      });
      expect(await inbox.ids()).toEqual([kept]);
    });

    test("is swept of what expired, a bounded number of inboxes at a time", async () => {
      const corner = await open();
      const inboxes = await Promise.all(times(3, (index) => InboxBench.open(corner, `swept${index}`)));
      for (const inbox of inboxes) await inbox.add({ expiresAt: corner.at + 10 });
      const sweep = async (now: number) =>
        (await corner.store.sweepInboxes({ now, limit: 2, bounds })).map(({ recipient }) => recipient).sort();
      expect(await sweep(corner.at + 9)).toEqual([]);
      const swept = [...(await sweep(corner.at + 10)), ...(await sweep(corner.at + 10))];
      expect(swept.sort()).toEqual(["swept0", "swept1", "swept2"]);
      expect(await sweep(corner.at + 10)).toEqual([]);
      for (const inbox of inboxes) expect(await inbox.counts()).toEqual({ unseen: 0, unread: 0 });
    });

    test("is bounded: the oldest archived items go first, then the oldest", async () => {
      const inbox = await InboxBench.open(await open(), "u1", { itemsMax: 3 });
      const [a, b, c] = [await inbox.add(), await inbox.add(), await inbox.add()];
      await inbox.change("archive", b);
      const since = await inbox.sequence();
      const [d, e] = [await inbox.add(), await inbox.add()];
      expect(await inbox.kinds(since)).toEqual([`created ${d}`, `removed ${b}`, `created ${e}`, `removed ${a}`]);
      expect(await inbox.ids()).toEqual([e, d, c]);
      expect(await inbox.counts()).toEqual({ unseen: 3, unread: 3 });
    });
  });

  describe("changes of an inbox", () => {
    test("come in order, without a gap, each with the counts after it, from where one left off", async () => {
      const inbox = await InboxBench.open(await open());
      const start = await inbox.sequence();
      const [a, b] = [await inbox.add(), await inbox.add()];
      await inbox.change("read", a, b);
      const { changes } = await inbox.read(start);
      expect(
        changes?.map(({ sequence, kind, id, unseen, unread }) => [sequence - start, kind, id, unseen, unread]),
      ).toEqual([
        [1, "created", a, 1, 1],
        [2, "created", b, 2, 2],
        [3, "updated", a, 1, 1],
        [4, "updated", b, 0, 0],
      ]);
      expect(changes?.[0]?.item).toMatchObject({ id: a, readAt: inbox.now });
      expect((await inbox.read(start + 1, 2)).changes?.map(({ sequence }) => sequence - start)).toEqual([2, 3]);
      expect((await inbox.read(start + 4)).changes).toEqual([]);
    });

    test("are kept up to a bound; who asks for older ones, or for ones to come, is told to start anew", async () => {
      const inbox = await InboxBench.open(await open(), "u1", { changesMax: 4 });
      const start = await inbox.sequence();
      for (const _ of times(6, () => 0)) await inbox.add();
      expect((await inbox.read(start + 1)).changes).toBeNull();
      expect((await inbox.read(start + 2)).changes).toHaveLength(4);
      expect((await inbox.read(start + 7)).changes).toBeNull();
      expect((await inbox.read(0)).changes).toBeNull();
      expect(await inbox.read(null)).toMatchObject({ head: { sequence: start + 6, unseen: 6 }, changes: null });
    });

    test("of many inboxes are read at once, and their heads", async () => {
      const corner = await open();
      const [one, two] = [await InboxBench.open(corner, "u1"), await InboxBench.open(corner, "u2")];
      const after = await two.sequence();
      const id = await two.add({ expiresAt: two.now + 7 });
      const missing = { ...one.key, recipient: "nobody" };
      const reads = [missing, { ...two.key, after }, { ...one.key, after: null }].map((read) => ({
        after: null,
        ...read,
      }));
      const [none, second, first] = await corner.store.readInboxes({ reads, limit: 10, now: corner.at, bounds });
      expect([none, second?.changes?.map((change) => change.id), first?.changes]).toEqual([undefined, [id], null]);
      expect(await corner.store.inboxHeads({ keys: [one.key, missing, two.key] })).toEqual([
        { sequence: await one.sequence(), generation: one.generation, nextExpiryAt: null },
        undefined,
        { sequence: after + 1, generation: two.generation, nextExpiryAt: two.now + 7 },
      ]);
    });
  });

  describe("an inbox's tokens", () => {
    test("open it in their own environment until they are revoked", async () => {
      const inbox = await InboxBench.open(await open());
      const { store, otherEnvironmentId, id } = inbox.corner;
      const old = inbox.generation;
      expect(await store.openInbox({ ...inbox.key, now: inbox.now + 5 })).toBe(old);
      expect(await store.revokeInboxTokens({ ...inbox.key, now: inbox.now })).toBe(true);
      const page = { filter: "all", before: "", limit: 10 } as const;
      expect(await store.listInbox({ ...inbox.visit, ...page })).toBeUndefined();
      expect(await store.getInboxItem({ ...inbox.visit, id: id.call(inbox.corner) })).toBeUndefined();
      expect(await inbox.upTo("read", 1)).toBeUndefined();
      inbox.generation = await store.openInbox({ ...inbox.key, now: inbox.now });
      expect(inbox.generation).toBeGreaterThan(old);
      expect(await inbox.ids()).toEqual([]);
      const elsewhere = { ...inbox.visit, environmentId: otherEnvironmentId };
      expect(await store.listInbox({ ...elsewhere, ...page })).toBeUndefined();
      expect(await store.revokeInboxTokens({ ...elsewhere })).toBe(false);
    });

    test("go with the recipient, as all of the inbox does; one made anew shares no number with it", async () => {
      const inbox = await InboxBench.open(await open());
      const { store, environmentId } = inbox.corner;
      await inbox.add();
      const sequence = await inbox.sequence();
      await store.deleteRecipient({ environmentId, id: inbox.recipient });
      expect(await store.inboxHeads({ keys: [inbox.key] })).toEqual([undefined]);
      inbox.now += 10;
      const again = await InboxBench.open(inbox.corner, inbox.recipient, {}, inbox.now);
      expect(again.generation).not.toBe(inbox.generation);
      expect((await again.read(sequence)).changes).toBeNull();
      expect(await store.listInbox({ ...inbox.visit, filter: "all", before: "", limit: 1 })).toBeUndefined();
      expect(await again.ids()).toEqual([]);
    });
  });
}
