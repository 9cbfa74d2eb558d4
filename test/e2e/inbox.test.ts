import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inboxPageSchema, inboxStandSchema } from "@tidings/contract/inbox";
import { messageSchema } from "@tidings/contract/messages";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type FollowedItem, InboxFollower } from "../harness/inbox-follower.ts";
import { configureInbox, sendNote, tokenOf, untilAnswered } from "../harness/inbox-world.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const operations = Number(process.env["TIDINGS_TEST_INBOX_OPERATIONS"] ?? 400);
const reconnects = 20;
const kills = 2;
const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);

const folder = mkdtempSync(join(tmpdir(), "tidings-inbox-"));
const settings = {
  TIDINGS_INBOX_CHANGES_MAX: "100000",
  TIDINGS_INBOX_ITEMS_MAX: "10000",
  TIDINGS_INBOX_RATE_PER_TOKEN_PER_SECOND: "100000",
};
let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  server = await startServerProcess(join(folder, "data"), settings);
  api = new Api(server.url);
  await configureInbox(api);
}, 60_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

async function restart(signal: NodeJS.Signals): Promise<void> {
  const { port } = server;
  await stopChild(server, signal);
  server = await startServerProcess(join(folder, "data"), settings, { port });
}

async function follow(token: string): Promise<InboxFollower> {
  const { json } = await api.call("GET", "/v1/inbox/counts", undefined, { authorization: `Bearer ${token}` });
  const { sequence } = inboxStandSchema.parse(json);
  return new InboxFollower(() => `${server.url.replace("http", "ws")}/v1/inbox/socket?token=${token}`, sequence);
}

describe("an inbox on a real server", { timeout: 120_000 }, () => {
  test("brings an event to both sockets of its recipient, and the message is delivered and read", async () => {
    const token = await tokenOf(api, "anna");
    const [one, two] = [await follow(token), await follow(token)];
    const event = await sendNote(api, "anna", "first");
    await Promise.all([one.until(() => one.items.size === 1), two.until(() => two.items.size === 1)]);
    const [id = ""] = one.items.keys();
    await api.call("POST", "/v1/inbox/read", { ids: [id] }, { authorization: `Bearer ${token}` });
    await two.until(() => two.items.get(id)?.read === true);
    expect([one.items.get(id)?.text, two.counts]).toEqual(["first", { unseen: 0, unread: 0 }]);
    const { json } = await api.call("GET", `/v1/messages/${id}`);
    const message = messageSchema.parse(json);
    expect(message).toMatchObject({ event, state: "delivered", channel: "in_app" });
    expect([message.deliveredAt, message.openedAt, message.readAt]).not.toContain(undefined);
    for (const follower of [one, two]) follower.stop();
    expect([...one.faults, ...two.faults]).toEqual([]);
  });

  test(`loses and doubles nothing in ${operations} random operations, ${reconnects} reconnects and ${kills} kills`, async () => {
    const random = new SeededRandom(seed);
    const pick = (count: number): number => Math.floor(random.number() * count);
    const token = await tokenOf(api, "ben");
    const followers = [await follow(token), await follow(token)];
    const model = new InboxModel();
    let notes = 0;
    for (let number = 1; number <= operations; number += 1) {
      if (number % Math.ceil(operations / reconnects) === 0) followers[number % 2]?.reconnect();
      if (number % Math.ceil(operations / (kills + 1)) === 0) void restart("SIGKILL");
      const ids = [...model.items.keys()];
      if (ids.length === 0 || pick(4) === 0) {
        notes += 1;
        await sendNote(api, "ben", `note-${notes}`);
        const [first] = followers;
        await first?.until(() => first.created.has(`note-${notes}`));
        for (const [id, item] of first?.items ?? [])
          if (item.text === `note-${notes}`) model.items.set(id, { ...item });
        continue;
      }
      const kind = kinds[pick(kinds.length)] ?? "seen";
      const some = Array.from({ length: 1 + pick(4) }, () => ids[pick(ids.length)] ?? "");
      await untilAnswered(() =>
        api.call("POST", `/v1/inbox/${kind}`, { ids: some }, { authorization: `Bearer ${token}` }),
      );
      model.apply(kind, some);
    }
    const { json } = await untilAnswered(() =>
      api.call("GET", "/v1/inbox/counts", undefined, { authorization: `Bearer ${token}` }),
    );
    const { sequence, ...counts } = inboxStandSchema.parse(json);
    expect([seed, counts]).toEqual([seed, model.counts()]);
    for (const follower of followers) {
      await follower.until(() => follower.sequence === sequence);
      expect([seed, follower.faults]).toEqual([seed, []]);
      expect([seed, follower.counts]).toEqual([seed, counts]);
      expect(Object.fromEntries(follower.items)).toEqual(Object.fromEntries(model.items));
      expect([...follower.created.values()].filter((times) => times !== 1)).toEqual([]);
      expect(follower.created.size).toBe(notes);
      follower.stop();
    }
    expect(followers.reduce((sum, { connects }) => sum + connects, 0)).toBeGreaterThan(reconnects);
    expect(await listed(token)).toEqual(
      [...model.items]
        .filter(([, { archived }]) => !archived)
        .map(([id]) => id)
        .sort()
        .reverse(),
    );
  }, 1_800_000);
});

const kinds = ["seen", "read", "unread", "archive", "unarchive"] as const;

/** What the inbox should hold. */
class InboxModel {
  readonly items = new Map<string, FollowedItem>();

  apply(kind: (typeof kinds)[number], ids: readonly string[]): void {
    for (const id of ids) {
      const item = this.items.get(id);
      if (item === undefined) continue;
      if (kind === "seen" || kind === "read") item.seen = true;
      if (kind === "read" || kind === "unread") item.read = kind === "read";
      if (kind === "archive" || kind === "unarchive") item.archived = kind === "archive";
    }
  }

  counts() {
    const open = [...this.items.values()].filter(({ archived }) => !archived);
    return { unseen: open.filter(({ seen }) => !seen).length, unread: open.filter(({ read }) => !read).length };
  }
}

/** All ids of the list, page by page. */
async function listed(token: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined = "";
  while (cursor !== undefined) {
    const query = cursor === "" ? "" : `?cursor=${cursor}`;
    const { json } = await api.call("GET", `/v1/inbox${query}`, undefined, { authorization: `Bearer ${token}` });
    const page: z.infer<typeof inboxPageSchema> = inboxPageSchema.parse(json);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}
