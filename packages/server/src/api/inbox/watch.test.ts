import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { InboxFollower } from "../../../../../test/harness/inbox-follower.ts";
import { type InboxBench, inboxBench } from "./inbox-bench.conformance.ts";

let bench: InboxBench;
afterEach(() => bench.close());

const sequences = (changes: readonly { sequence: number }[]) => changes.map(({ sequence }) => sequence);
const told = <Change extends { type: string }>(changes: readonly Change[]) =>
  changes.filter(({ type }) => type !== "heartbeat");
const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

async function standOf(token: string): Promise<number> {
  return ((await bench.visit("/v1/inbox/counts", token)).json as { sequence: number }).sequence;
}

describe("a socket", () => {
  test("is told each change since where it left off and each that follows, in order and once", async () => {
    bench = await inboxBench({ changesReadMax: 3 });
    const token = await bench.token("anna");
    const start = await standOf(token);
    for (let index = 0; index < 10; index += 1) await bench.add("anna");
    const socket = bench.socket(`?token=${token}&after=${start}`);
    const added: Promise<string>[] = [];
    for (let index = 0; index < 10; index += 1) added.push(bench.add("anna"));
    const ids = await Promise.all(added);
    await bench.visit("/v1/inbox/read", token, { method: "POST", body: { ids } });
    const changes = await socket.count(30);
    expect(sequences(changes)).toEqual(span(start + 1, start + 30));
    expect(changes.at(-1)).toMatchObject({
      type: "updated",
      item: { readAt: expect.any(String) },
      counts: { unread: 10 },
    });
  });

  test("is told with all others of its recipient by one read, each from its own place", async () => {
    bench = await inboxBench();
    const reads: number[] = [];
    const { readInboxes } = bench.store;
    bench.dependencies.store.readInboxes = (input) => {
      reads.push(input.reads.length);
      return readInboxes(input);
    };
    const token = await bench.token("anna");
    const start = await standOf(token);
    await bench.add("anna");
    const [one, two] = [bench.socket(`?token=${token}&after=${start}`), bench.socket(`?token=${token}`)];
    await Promise.all([one.count(1), two.count(1)]);
    expect(two.changes[0]).toMatchObject({ type: "reset", sequence: start + 1, counts: { unseen: 1, unread: 1 } });
    const before = reads.length;
    await bench.add("anna");
    await Promise.all([one.count(2), two.count(2)]);
    expect([one.changes[1], one.changes.length]).toEqual([two.changes[1], 2]);
    expect(reads.length - before).toBeLessThanOrEqual(2);
  });

  test("that came back with more than the others have been told gets nothing twice", async () => {
    let hint = (): void => {};
    bench = await inboxBench({ pollIntervalMs: 60_000 }, ({ broadcast }) => {
      hint = () => broadcast.publish("inbox", `${bench.environmentId}:anna`);
      return { broadcast: { publish: () => {}, subscribe: broadcast.subscribe.bind(broadcast) } };
    });
    const token = await bench.token("anna");
    const start = await standOf(token);
    const behind = bench.socket(`?token=${token}`);
    await behind.count(1);
    for (let index = 0; index < 2; index += 1) await bench.add("anna");
    const ahead = bench.socket(`?token=${token}&after=${start + 1}`);
    await ahead.count(1);
    await bench.add("anna");
    hint();
    expect(sequences(await behind.count(4))).toEqual(span(start, start + 3));
    expect(sequences(await ahead.count(2))).toEqual(span(start + 2, start + 3));
  });

  test("is told what it missed once a hint without a subject says that hints may have been lost", async () => {
    let hint = (): void => {};
    bench = await inboxBench({ pollIntervalMs: 60_000 }, ({ broadcast }) => {
      hint = () => broadcast.publish("inbox");
      return { broadcast: { publish: () => {}, subscribe: broadcast.subscribe.bind(broadcast) } };
    });
    const tokens = [await bench.token("anna"), await bench.token("ben")];
    const sockets = tokens.map((token) => bench.socket(`?token=${token}`));
    await Promise.all(sockets.map((socket) => socket.count(1)));
    await bench.add("anna");
    await bench.add("ben");
    hint();
    for (const socket of sockets) expect((await socket.count(2))[1]).toMatchObject({ type: "created" });
  });

  test("is told at once of what was hinted at while it still caught up", async () => {
    bench = await inboxBench({ pollIntervalMs: 60_000 });
    const token = await bench.token("anna");
    const start = await standOf(token);
    const { store, broadcast } = bench.dependencies;
    const { readInboxes } = bench.store;
    store.readInboxes = async (input) => {
      store.readInboxes = readInboxes;
      const old = await readInboxes(input);
      const told = new Promise<void>((resolve) => {
        broadcast.subscribe("inbox", () => resolve());
      });
      await bench.add("anna");
      await told;
      return old;
    };
    const changes = await bench.socket(`?token=${token}&after=${start}`).until((all) => told(all).length === 1);
    expect(sequences(changes)).toEqual([start, start + 1]);
  });

  test("that comes back where nothing has changed is told at once that it was let in", async () => {
    bench = await inboxBench({ pollIntervalMs: 60_000 });
    const token = await bench.token("anna");
    await bench.add("anna");
    const stand = await standOf(token);
    const changes = await bench.socket(`?token=${token}&after=${stand}`).count(1);
    expect(changes).toEqual([{ sequence: stand, type: "heartbeat", counts: { unseen: 1, unread: 1 } }]);
  });

  test("that was away for longer than changes are kept is told to start anew", async () => {
    bench = await inboxBench({ bounds: { itemsMax: 100, changesMax: 5 } });
    const token = await bench.token("anna");
    const start = await standOf(token);
    for (let index = 0; index < 8; index += 1) await bench.add("anna");
    for (const after of [start, start + 9]) {
      const socket = bench.socket(`?token=${token}&after=${after}`);
      expect(await socket.count(1)).toMatchObject([{ type: "reset", sequence: start + 8, counts: { unread: 8 } }]);
    }
    expect(sequences(await bench.socket(`?token=${token}&after=${start + 3}`).count(5))).toEqual(
      span(start + 4, start + 8),
    );
  });

  test("is told also where hints are lost, and of what expires", async () => {
    bench = await inboxBench({ pollIntervalMs: 20 }, (all) => ({
      broadcast: { ...all.broadcast, publish: () => {}, subscribe: () => () => {} },
    }));
    const token = await bench.token("anna");
    const socket = bench.socket(`?token=${token}`);
    await socket.count(1);
    const id = await bench.add("anna", { expiresAt: Date.now() + 300 });
    const changes = await socket.count(3);
    expect(changes.slice(1)).toMatchObject([
      { type: "created", id, counts: { unread: 1 } },
      { type: "removed", id, counts: { unread: 0 } },
    ]);
  });

  test("tells by its code that a token is needed, is wrong, or does not allow it", async () => {
    bench = await inboxBench();
    const writing = await bench.token("anna", { scopes: ["inbox:write"] });
    expect(await bench.socket("").closed).toBe(4401);
    expect(await bench.socket("?token=tit_x").closed).toBe(4401);
    expect(await bench.socket(`?token=${writing}`).closed).toBe(4403);
    expect(await bench.socket("", { authorization: `Bearer ${bench.key}` }).closed).toBe(4401);
  });

  test("is closed when its token expires, is revoked, or its recipient is deleted", async () => {
    bench = await inboxBench({ pollIntervalMs: 20 });
    let now = Date.now();
    bench.dependencies.clock.now = () => now;
    const short = await bench.token("anna", { ttlSeconds: 10 });
    const [expiring, revoked, deleted, other] = await Promise.all(
      [short, await bench.token("ben"), await bench.token("cleo"), await bench.token("dora")].map(async (token) => {
        const socket = bench.socket(`?token=${token}`);
        await socket.count(1);
        return socket;
      }),
    );
    await bench.add("cleo");
    now += 10_000;
    expect(await expiring?.closed).toBe(4401);
    await bench.call("/v1/recipients/ben/tokens", { method: "DELETE" });
    expect(await revoked?.closed).toBe(4401);
    await bench.call("/v1/recipients/cleo", { method: "DELETE" });
    expect(await deleted?.closed).toBe(4401);
    expect(other?.socket.readyState).toBe(1);
  });

  test("more than a recipient, or the process, may have is told to come later", async () => {
    bench = await inboxBench({ connectionsMax: 3, connectionsPerRecipientMax: 2 });
    const [anna, ben] = [await bench.token("anna"), await bench.token("ben")];
    const open = [bench.socket(`?token=${anna}`), bench.socket(`?token=${anna}`)];
    await Promise.all(open.map((socket) => socket.count(1)));
    expect(await bench.socket(`?token=${anna}`).closed).toBe(4429);
    await bench.socket(`?token=${ben}`).count(1);
    expect(await bench.socket(`?token=${ben}`).closed).toBe(4429);
    open[0]?.socket.close();
    await open[0]?.closed;
    const again = bench.socket(`?token=${anna}`);
    await again.count(1);
    expect(again.socket.readyState).toBe(1);
  });

  test("that takes its messages too slowly is closed, and has all after it came back", async () => {
    bench = await inboxBench({ bufferedBytesMax: 64 * 1024, bounds: { itemsMax: 1000, changesMax: 1000 } });
    const token = await bench.token("anna");
    const start = await standOf(token);
    const slow = bench.socket(`?token=${token}&after=${start}`);
    await once(slow.socket, "open");
    slow.socket.pause();
    const text = "x".repeat(40_000);
    const { port } = bench;
    const quick = new InboxFollower(() => `ws://127.0.0.1:${port}/v1/inbox/socket?token=${token}`, start);
    // More than fits into the system's own buffers.
    for (let index = 0; index < 300; index += 1) await bench.add("anna", { content: { text } });
    await quick.until(() => quick.sequence === start + 300);
    quick.stop();
    expect(quick.faults).toEqual([]);
    slow.socket.resume();
    expect([4408, 1006]).toContain(await slow.closed);
    const taken = told(slow.changes);
    expect(taken.length).toBeLessThan(300);
    const resumed = bench.socket(`?token=${token}&after=${start + taken.length}`);
    const rest = await resumed.count(300 - taken.length);
    expect(sequences([...taken, ...rest])).toEqual(span(start + 1, start + 300));
  });

  test("shows that it lives, and is closed where the other side does not", async () => {
    bench = await inboxBench({ heartbeatMs: 40, pollIntervalMs: 20 });
    const token = await bench.token("anna");
    const socket = bench.socket(`?token=${token}`);
    const changes = await socket.until((all) => all.filter(({ type }) => type === "heartbeat").length >= 3);
    expect(changes.at(-1)).toMatchObject({ type: "heartbeat", sequence: changes[0]?.sequence, counts: { unread: 0 } });
    const silent = bench.socket(`?token=${token}`);
    await once(silent.socket, "open");
    silent.socket.pause();
    // Two signs of life after it went silent the server gives it up.
    const beats = () => socket.changes.filter(({ type }) => type === "heartbeat").length;
    const before = beats();
    await socket.until(() => beats() >= before + 5);
    silent.socket.resume();
    expect([4408, 1006]).toContain(await silent.closed);
  });

  test("is closed with 1001 when the server stops, and a stream ends", async () => {
    bench = await inboxBench();
    const token = await bench.token("anna");
    const socket = bench.socket(`?token=${token}`);
    const stream = await bench.stream(`?token=${token}`);
    await Promise.all([socket.count(1), stream.count(1)]);
    const ended = once(stream.answer, "end");
    await bench.api.close();
    expect(await socket.closed).toBe(1001);
    await ended;
    expect(stream.text.join("")).toContain('event: close\ndata: {"code":1001}');
  });

  test("of a page that is neither of this host nor of a listed origin is refused, and elsewhere there is none", async () => {
    bench = await inboxBench();
    const token = await bench.token("anna");
    expect(await bench.socket(`?token=${token}`, { origin: "https://evil.example" }).closed).toBe(1006);
    for (const origin of ["https://shop.example", `http://127.0.0.1:${bench.port}`])
      expect(await bench.socket(`?token=${token}`, { origin }).count(1)).toHaveLength(1);
    const answer = await bench.call("/v1/inbox/socket", { key: null });
    expect([answer.status, answer.headers["upgrade"]]).toEqual([426, "websocket"]);
  });

  test("is not what a client gets that offers another protocol: its request is answered as ever", async () => {
    bench = await inboxBench();
    const body = JSON.stringify({ ttlSeconds: 60 });
    const socket = connect(bench.port, "127.0.0.1");
    socket.write(
      `POST /v1/recipients/anna/tokens HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n` +
        `HTTP2-Settings: AAMAAABk\r\nAuthorization: Bearer ${bench.key}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    setImmediate(() => socket.write(body.slice(5)));
    let text = "";
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.includes("expiresAt")) break;
    }
    expect(text).toMatch(/^HTTP\/1\.1 201 /);
    socket.destroy();
  });
});

describe("an event stream", () => {
  test("gives changes with their sequence as id, and resumes from the last one", async () => {
    bench = await inboxBench();
    const token = await bench.token("anna");
    const start = await standOf(token);
    const first = await bench.stream(`?token=${token}&after=${start}`);
    expect(first.answer.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
    });
    await bench.add("anna");
    await bench.add("anna");
    await first.count(2);
    expect(first.text.join("")).toContain(`id: ${start + 2}\ndata: {"sequence":${start + 2},`);
    first.answer.destroy();
    await bench.add("anna");
    const headers = { "last-event-id": String(start + 2), authorization: `Bearer ${token}` };
    const second = await bench.stream(`?after=${start}`, headers);
    await second.count(1);
    await bench.add("anna");
    expect(sequences([...first.changes, ...(await second.count(2))])).toEqual(span(start + 1, start + 4));
  });

  test("lets listed pages read it, and refuses others as any route does", async () => {
    bench = await inboxBench();
    const token = await bench.token("anna");
    const origin = "https://shop.example";
    const { answer } = await bench.stream(`?token=${token}`, { origin });
    expect(answer.headers["access-control-allow-origin"]).toBe(origin);
    expect((await bench.stream("")).answer.statusCode).toBe(401);
    expect((await bench.stream(`?token=${token}&after=x`)).answer.statusCode).toBe(400);
    expect((await bench.stream(`?token=${token}`, { "last-event-id": "x" })).answer.statusCode).toBe(400);
  });

  test("is closed when its token is revoked, by an event that says so", async () => {
    bench = await inboxBench();
    const stream = await bench.stream(`?token=${await bench.token("anna")}`);
    await stream.count(1);
    const ended = once(stream.answer, "end");
    await bench.call("/v1/recipients/anna/tokens", { method: "DELETE" });
    await ended;
    expect(stream.text.join("")).toContain('event: close\ndata: {"code":4401}');
  });
});
