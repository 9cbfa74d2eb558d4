import { describe, expect, test } from "vitest";
import { afterOperation, countsOf, type InboxMarks, newMarks } from "../../domain/inbox.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import type { OpenCorner } from "./corner.conformance.ts";
import { InboxBench } from "./inbox-rows.conformance.ts";

interface ModelItem {
  marks: InboxMarks;
  expiresAt: number | null;
}

const operations = ["seen", "read", "unread", "archive", "unarchive"] as const;

/** What an inbox should hold, kept the plain way. */
class Model {
  readonly items = new Map<string, ModelItem>();

  expire(now: number): void {
    for (const [id, { expiresAt }] of this.items) if (expiresAt !== null && expiresAt <= now) this.items.delete(id);
  }

  apply(kind: (typeof operations)[number], ids: readonly string[], now: number): void {
    for (const id of ids) {
      const item = this.items.get(id);
      if (item !== undefined) item.marks = afterOperation(item.marks, { kind }, now) ?? item.marks;
    }
  }

  counts() {
    const all = [...this.items.values()].map(({ marks }) => countsOf(marks));
    return {
      unseen: all.reduce((sum, { unseen }) => sum + unseen, 0),
      unread: all.reduce((sum, { unread }) => sum + unread, 0),
    };
  }

  marks() {
    return [...this.items].map(([id, { marks }]) => ({ id, ...marks })).sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

/** A reader that knows the inbox from its changes alone. */
class Follower {
  readonly items = new Map<string, InboxMarks>();
  sequence: number;
  counts = { unseen: 0, unread: 0 };

  constructor(sequence: number) {
    this.sequence = sequence;
  }

  async follow(inbox: InboxBench): Promise<void> {
    for (;;) {
      const { changes } = await inbox.read(this.sequence, 7);
      if (changes === null) throw new Error("changes were lost");
      for (const { sequence, id, item, unseen, unread } of changes) {
        expect(sequence).toBe(this.sequence + 1);
        this.sequence = sequence;
        this.counts = { unseen, unread };
        if (item === null) this.items.delete(id);
        else this.items.set(id, marksOf(item));
      }
      if (changes.length < 7) return;
    }
  }

  marks() {
    return [...this.items].map(([id, marks]) => ({ id, ...marks })).sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

function marksOf({ seenAt, readAt, archivedAt, action, actedAt }: InboxMarks): InboxMarks {
  return { seenAt, readAt, archivedAt, action, actedAt };
}

export function inboxModelConformance(open: OpenCorner): void {
  describe("an inbox under random operations", () => {
    test("has the counts and the items of a model, and so has who follows its changes", async () => {
      const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
      const random = new SeededRandom(seed);
      const pick = (count: number): number => Math.floor(random.number() * count);
      const inbox = await InboxBench.open(await open());
      const model = new Model();
      const follower = new Follower(await inbox.sequence());
      for (let round = 0; round < 400; round += 1) {
        inbox.now += pick(20);
        model.expire(inbox.now);
        const ids = [...model.items.keys()];
        const some = Array.from({ length: pick(5) + 1 }, () => ids[pick(ids.length)] ?? inbox.corner.id());
        const drawn = pick(10);
        if (drawn < 3 || ids.length === 0) {
          const expiresAt = pick(3) === 0 ? inbox.now + 1 + pick(300) : null;
          model.items.set(await inbox.add({ expiresAt }), { marks: newMarks, expiresAt });
        } else if (drawn === 3) {
          const kind = operations[pick(operations.length)] ?? "seen";
          await inbox.upTo(kind, Number.MAX_SAFE_INTEGER, 1000);
          model.apply(kind, ids, inbox.now);
        } else {
          const kind = operations[pick(operations.length)] ?? "seen";
          await inbox.change(kind, ...some);
          model.apply(kind, some, inbox.now);
        }
        if (pick(4) > 0) continue;
        await follower.follow(inbox);
        expect([seed, round, follower.counts]).toEqual([seed, round, model.counts()]);
        expect([seed, round, await inbox.counts()]).toEqual([seed, round, model.counts()]);
        expect([seed, round, follower.marks()]).toEqual([seed, round, model.marks()]);
      }
      expect(model.items.size).toBeGreaterThan(10);
    });
  });
}
