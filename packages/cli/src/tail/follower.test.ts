import type { MessageView } from "@tidings/contract/messages";
import type { MessageState } from "@tidings/contract/words";
import { describe, expect, test } from "vitest";
import { Follower, type MessageLog } from "./follower.ts";

const idOf = (n: number): string => `01900000-0000-8000-8000-${String(n).padStart(12, "0")}`;

/** A log as the API keeps it: newest first, by page. */
class Log implements MessageLog {
  readonly messages = new Map<string, MessageView>();
  pages = 0;
  asked = 0;

  put(n: number, state: MessageState, attempts = 0): void {
    this.messages.set(idOf(n), {
      id: idOf(n),
      event: idOf(0),
      channel: "email",
      lane: "transactional",
      category: "orders",
      recipient: "anna",
      state,
      createdAt: "2026-01-01T00:00:00.000Z",
      attempts: Array.from({ length: attempts }, (_, index) => ({
        number: index + 1,
        callId: "",
        integration: "smtp",
        startedAt: "2026-01-01T00:00:00.000Z",
        outcome: "rejected" as const,
      })),
      decisions: [],
    });
  }

  async page({ limit, cursor }: { limit: number; cursor?: string | undefined }) {
    this.pages += 1;
    const all = [...this.messages.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
    const rest = cursor === undefined ? all : all.filter(({ id }) => id < cursor);
    const items = rest.slice(0, limit);
    return { items, nextCursor: rest.length > limit ? items.at(-1)?.id : undefined };
  }

  async message(id: string) {
    this.asked += 1;
    return this.messages.get(id);
  }
}

const limits = { pageMax: 5, pagesMax: 3, knownMax: 40, openMax: 10, askedMax: 3 };
const told = (changes: Awaited<ReturnType<Follower["look"]>>) =>
  changes.map(({ message, from }) => [Number(message.id.slice(-12)), from, message.state]);

describe("following the log", () => {
  test("tells what is new and what changed, and nothing twice", async () => {
    const log = new Log();
    log.put(1, "sent");
    const follower = new Follower(log, limits);
    expect((await follower.begin()).map(({ id }) => id)).toEqual([idOf(1)]);
    expect(await follower.look()).toEqual([]);
    log.put(2, "queued");
    log.put(1, "delivered");
    expect(told(await follower.look())).toEqual([
      [1, "sent", "delivered"],
      [2, undefined, "queued"],
    ]);
    log.put(2, "queued", 1);
    expect(told(await follower.look())).toEqual([[2, "queued", "queued"]]);
    expect(await follower.look()).toEqual([]);
  });

  test("does not take for new what was there before", async () => {
    const log = new Log();
    for (let n = 1; n <= 20; n += 1) log.put(n, "sent");
    const follower = new Follower(log, limits);
    await follower.begin();
    log.put(21, "sent");
    expect(told(await follower.look())).toEqual([[21, undefined, "sent"]]);
    expect(log.pages, "what was there before ends a look").toBe(3);
  });

  test("does not tell again what it had to forget", async () => {
    const log = new Log();
    const follower = new Follower(log, { ...limits, knownMax: 5 });
    await follower.begin();
    for (let n = 1; n <= 12; n += 1) {
      log.put(n, "delivered");
      expect(told(await follower.look())).toEqual([[n, undefined, "delivered"]]);
    }
  });

  test("sees what begins before the newest one that is known", async () => {
    const log = new Log();
    log.put(1, "sent");
    log.put(9, "sent");
    const follower = new Follower(log, limits);
    await follower.begin();
    log.put(5, "queued");
    expect(told(await follower.look())).toEqual([[5, undefined, "queued"]]);
  });

  test("reads on until it meets what it knows, and says where it could not", async () => {
    const log = new Log();
    log.put(1, "sent");
    const follower = new Follower(log, limits);
    await follower.begin();
    for (let n = 2; n <= 12; n += 1) log.put(n, "sent");
    expect(await follower.look()).toHaveLength(11);
    expect(follower.missed).toBe(false);
    for (let n = 13; n <= 40; n += 1) log.put(n, "sent");
    expect(await follower.look()).toHaveLength(15);
    expect(follower.missed).toBe(true);
  });

  test("asks by id for what has left the newest page and has not ended, and no longer once it has", async () => {
    const log = new Log();
    log.put(1, "queued");
    const follower = new Follower(log, limits);
    await follower.begin();
    for (let n = 2; n <= 9; n += 1) log.put(n, "delivered");
    await follower.look();
    log.put(1, "dead", 3);
    expect(told(await follower.look())).toEqual([[1, "queued", "dead"]]);
    const { asked } = log;
    await follower.look();
    expect(log.asked).toBe(asked);
  });

  test("stays within its bounds, however many messages come", async () => {
    const log = new Log();
    const follower = new Follower(log, limits);
    await follower.begin();
    for (let n = 1; n <= 600; n += 1) {
      log.put(n, n % 2 === 0 ? "queued" : "delivered");
      if (n % 4 === 0) await follower.look();
      expect(follower.size).toBeLessThanOrEqual(limits.knownMax);
    }
    expect(log.asked).toBeLessThanOrEqual(150 * limits.askedMax);
    log.put(601, "sent");
    expect(told(await follower.look())).toContainEqual([601, undefined, "sent"]);
  });
});
