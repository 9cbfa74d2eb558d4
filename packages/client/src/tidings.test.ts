import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FaultServer, faultServer } from "./testing/fault-server.ts";
import { Tidings, TidingsAnswerError, TidingsApiError, TidingsConnectionError, TidingsInputError } from "./tidings.ts";

const id = "018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d";
const accepted = { kind: "answer", status: 202, json: { id } } as const;
const problem = (status: number, code: string, retryAfter?: string) =>
  ({
    kind: "answer",
    status,
    json: { type: `urn:tidings:error:${code}`, title: code, status, code, requestId: "r-1" },
    headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
  }) as const;

let server: FaultServer;
let tidings: Tidings;
beforeAll(async () => {
  server = await faultServer();
  tidings = new Tidings({ apiKey: "key", baseUrl: `${server.url}/base/` });
});
afterAll(() => server.close());
beforeEach(() => {
  server.seen.length = 0;
  server.script.length = 0;
});

const send = (options?: Parameters<typeof tidings.events.send>[2]) =>
  tidings.events.send("order.shipped", { recipients: ["u"], data: { order: 1 } }, options);

describe("a call", () => {
  test("goes out as the contract says", async () => {
    server.script.push(accepted);
    expect(await send({ idempotencyKey: "k-1" })).toEqual({ id });
    const [request] = server.seen;
    expect(request).toMatchObject({ method: "POST", url: "/base/v1/events" });
    expect(request?.headers).toMatchObject({
      authorization: "Bearer key",
      "content-type": "application/json",
      "idempotency-key": "k-1",
    });
    expect(JSON.parse(request?.body ?? "")).toEqual({ name: "order.shipped", recipients: ["u"], data: { order: 1 } });
  });

  test("passes on the trace that it belongs to, and is refused one that is none", async () => {
    server.script.push(accepted);
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await send({ traceparent, tracestate: "shop=4711" });
    await tidings.queues.list({ traceparent }).catch(() => {});
    await send();
    expect(server.seen.map(({ headers }) => [headers["traceparent"], headers["tracestate"]])).toEqual([
      [traceparent, "shop=4711"],
      [traceparent, undefined],
      [undefined, undefined],
    ]);
    await expect(send({ traceparent: "00-1-2-3" })).rejects.toMatchObject({
      name: "TidingsInputError",
      faults: [{ path: "options.traceparent" }],
    });
  });

  test("of statistics names what is grouped by in one text, and checks it before it goes", async () => {
    const figures = { counts: {}, from: "x" };
    server.script.push(...Array.from({ length: 3 }, () => ({ kind: "answer", status: 400, json: figures }) as const));
    const ask = (input?: Parameters<typeof tidings.statistics.get>[0]) => tidings.statistics.get(input).catch(() => {});
    await ask({ groupBy: ["tenant", "mailboxProvider"], limit: 5 });
    await ask({ groupBy: [], channel: "sms" });
    await ask();
    expect(server.seen.map(({ url }) => url)).toEqual([
      "/base/v1/statistics?groupBy=tenant%2CmailboxProvider&limit=5",
      "/base/v1/statistics?channel=sms",
      "/base/v1/statistics",
    ]);
    await expect(tidings.statistics.get({ groupBy: ["tenant", "tenant"] })).rejects.toMatchObject({
      name: "TidingsInputError",
      faults: [{ path: "groupBy" }],
    });
    await expect(tidings.statistics.get({ groupBy: ["channel", "lane", "tenant"] })).rejects.toMatchObject({
      faults: [{ path: "groupBy" }],
    });
    expect(server.seen).toHaveLength(3);
  });

  test("that takes nothing sends nothing but its key, and gives the answer", async () => {
    const queue = { queue: "delivery", lane: "critical", channel: "sms", due: 2, dueIsBound: false };
    const held = { reason: "no_worker", detail: "no worker that is alive has the role deliver" };
    server.script.push(
      { kind: "answer", status: 200, json: { items: [{ ...queue, held }] } },
      { kind: "answer", status: 200, json: { items: [] } },
    );
    expect(await tidings.queues.list()).toEqual({ items: [{ ...queue, held }] });
    expect(await tidings.workers.list()).toEqual({ items: [] });
    expect(server.seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["GET", "/base/v1/queues", ""],
      ["GET", "/base/v1/workers", ""],
    ]);
  });

  test("escapes what it puts into a path or a query", async () => {
    server.script.push({ kind: "answer", status: 204 }, { kind: "answer", status: 200, json: { items: [] } });
    await tidings.recipients.delete("a/b?c#d%€$&");
    await tidings.messages.list({ recipient: "a&b=c", limit: 5 }).page();
    expect(server.seen.map(({ url }) => url)).toEqual([
      `/base/v1/recipients/${encodeURIComponent("a/b?c#d%€$&")}`,
      "/base/v1/messages?recipient=a%26b%3Dc&limit=5",
    ]);
  });

  test("sends no key to routes that need none", async () => {
    server.script.push({ kind: "answer", status: 200, json: { status: "ok" } });
    await tidings.health();
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });
});

describe("repeated calls", () => {
  test.each([
    ["408", problem(408, "unknown")],
    ["409 in progress", problem(409, "idempotency_in_progress")],
    ["425", problem(425, "unknown")],
    ["429", problem(429, "rate_limited")],
    ["500", problem(500, "internal")],
    ["502", problem(502, "unknown")],
    ["503", problem(503, "overloaded", "0")],
    ["504", problem(504, "unknown")],
    ["a closed connection", { kind: "drop" }],
    ["an answer that is cut", { kind: "cut", text: '{"id":' }],
  ] as const)("carry the same idempotency key and body after %s", async (_name, fault) => {
    server.script.push(fault, fault, accepted);
    expect(await send()).toEqual({ id });
    expect(server.seen).toHaveLength(3);
    expect(new Set(server.seen.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(server.seen[0]?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(server.seen.map(({ body }) => body)).size).toBe(1);
  });

  test.each([
    [400, "validation_failed"],
    [401, "unauthorized"],
    [409, "version_conflict"],
    [422, "idempotency_mismatch"],
    [501, "unknown"],
  ])("are not made after %i %s", async (status, code) => {
    server.script.push(problem(status, code));
    const error = await send().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TidingsApiError);
    expect(error).toMatchObject({ status, code, operation: "sendEvent", requestId: "r-1", attempts: 1 });
    expect(server.seen).toHaveLength(1);
  });

  test("end after the number of retries, with the last error", async () => {
    server.script.push(problem(503, "overloaded", "0"));
    await expect(send({ retries: 2 })).rejects.toMatchObject({ status: 503, attempts: 3, retryAfterMs: 0 });
    expect(server.seen).toHaveLength(3);
    server.script.splice(0, 1, { kind: "drop" });
    await expect(send({ retries: 0 })).rejects.toBeInstanceOf(TidingsConnectionError);
    expect(server.seen[3]?.headers["idempotency-key"]).toBeUndefined();
  });

  test("wait as long as the server asks, and not at all where the call has no time for it", async () => {
    server.script.push(problem(503, "overloaded", "1"), accepted);
    await send();
    const [first, second] = server.seen;
    // A timer counts from the beginning of its turn of the event loop, which on a busy machine is a while ago.
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(500);
    server.script.splice(0, 1, problem(429, "rate_limited", "3600"));
    const begun = performance.now();
    await expect(send()).rejects.toMatchObject({ code: "rate_limited", retryAfterMs: 3_600_000 });
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  test("of what must happen once are made only where the server says that it did nothing", async () => {
    const replay = () => tidings.deadLetters.replay({ limit: 5 });
    for (const fault of [problem(500, "internal"), problem(503, "unknown"), { kind: "drop" } as const]) {
      server.script.splice(0, server.script.length, fault);
      await expect(replay()).rejects.toThrow();
    }
    expect(server.seen).toHaveLength(3);
    server.script.splice(0, 1, problem(503, "overloaded", "0"), {
      kind: "answer",
      status: 200,
      json: { replayed: 1, expired: 0 },
    });
    expect(await replay()).toEqual({ replayed: 1, expired: 0 });
  });

  test("of a delete take it as done where its first answer was lost", async () => {
    server.script.push({ kind: "drop" }, problem(404, "not_found"));
    await tidings.recipients.delete("u");
    await expect(tidings.recipients.delete("u")).rejects.toMatchObject({ code: "not_found" });
  });

  test("of a batch keep each event's key", async () => {
    server.script.push({ kind: "drop" }, { kind: "answer", status: 202, json: { results: [{ id }, { id }] } });
    await tidings.events.sendBatch([
      { name: "a", recipients: ["u"], idempotencyKey: "mine" },
      { name: "b", recipients: ["u"] },
    ]);
    const [first, second] = server.seen.map(({ body }) => JSON.parse(body).events);
    expect(first[0].idempotencyKey).toBe("mine");
    expect(first[1].idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toEqual(first);
    expect(server.seen[0]?.headers["idempotency-key"]).toBeUndefined();
  });
});

describe("inputs", () => {
  test("that are wrong are refused with the path of each fault, and nothing is sent", async () => {
    const refused = (faults: object[]) => expect.objectContaining({ name: "TidingsInputError", faults });
    // @ts-expect-error a recipient is no number
    await expect(tidings.events.send("e", { recipients: ["u", 5] })).rejects.toEqual(
      refused([{ path: "recipients[1]", message: expect.any(String) }]),
    );
    // @ts-expect-error an unknown field
    await expect(tidings.recipients.put("u", { mail: "a@x.org" })).rejects.toEqual(
      refused([{ path: "mail", message: "is not known here" }]),
    );
    await expect(tidings.recipients.get("..")).rejects.toEqual(
      refused([{ path: "id", message: "must not be '.' or '..'" }]),
    );
    await expect(tidings.messages.list({ limit: 1000 }).page()).rejects.toEqual(
      refused([{ path: "limit", message: expect.any(String) }]),
    );
    await expect(send({ idempotencyKey: "a b" })).rejects.toEqual(
      refused([{ path: "options.idempotencyKey", message: "must be 1 to 255 visible ASCII characters" }]),
    );
    const own: Record<string, unknown> = { big: [1n] };
    // @ts-expect-error a BigInt is no JSON
    await expect(tidings.events.send("e", { recipients: ["u"], data: own })).rejects.toEqual(
      refused([{ path: "data.big[0]", message: "must not be a BigInt, which JSON does not have" }]),
    );
    own["big"] = own;
    // @ts-expect-error nor is what contains itself
    await expect(tidings.events.send("e", { recipients: ["u"], data: own })).rejects.toEqual(
      refused([{ path: "data.big", message: "must not contain itself" }]),
    );
    expect(server.seen).toEqual([]);
  });

  test("of the constructor are checked too", () => {
    const faultOf = (options: object): unknown => {
      try {
        // @ts-expect-error options that are no options
        return new Tidings(options);
      } catch (error) {
        return error instanceof TidingsInputError ? error.faults[0]?.path : error;
      }
    };
    const good = { apiKey: "k", baseUrl: "http://x" };
    expect(faultOf({ ...good, apiKey: "a\nb" })).toBe("apiKey");
    expect(faultOf({ ...good, baseUrl: "ftp://x" })).toBe("baseUrl");
    expect(faultOf({ ...good, baseUrl: "http://u:p@x" })).toBe("baseUrl");
    expect(faultOf({ ...good, baseUrl: "http://x?a=b" })).toBe("baseUrl");
    expect(faultOf({ ...good, retries: -1 })).toBe("retries");
    expect(faultOf({ ...good, fetch: 5 })).toBe("fetch");
    expect(faultOf({ ...good, timeout: 5 })).toBe("timeout");
    expect(faultOf(good)).toBeInstanceOf(Tidings);
  });
});

describe("answers", () => {
  const message = {
    id,
    event: id,
    channel: "email",
    lane: "critical",
    category: "c",
    recipient: "u",
    state: "sent",
    createdAt: "2026-01-01T00:00:00Z",
    attempts: [],
    decisions: [],
  };
  const answer = (json: unknown) =>
    server.script.splice(0, server.script.length, { kind: "answer", status: 200, json });

  test("of a newer server are taken as they come", async () => {
    const newer = {
      ...message,
      state: "postponed",
      channel: "carrier_pigeon",
      priority: { level: 3 },
      category: "x".repeat(999),
    };
    answer(newer);
    expect(await tidings.messages.get(id)).toEqual(newer);
    const steps = [
      { id: "a", type: "teleport", to: "moon" },
      { id: "b", type: "delay", seconds: 1, jitter: 2 },
    ];
    answer({ key: "w", version: 1, updatedAt: message.createdAt, document: { category: "c", steps, colour: "red" } });
    expect((await tidings.workflows.get("w")).document.steps).toEqual(steps);
  });

  test.each([
    ["a missing field", { ...message, id: undefined }, "id"],
    ["another type", { ...message, attempts: {} }, "attempts"],
    ["another type in place of a word", { ...message, state: 5 }, "state"],
    ["no object", null, ""],
  ])("with %s are a typed error", async (_name, json, path) => {
    answer(json);
    const error = await tidings.messages.get(id).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TidingsAnswerError);
    expect(error).toMatchObject({ status: 200, operation: "getMessage", faults: [{ path }] });
    expect(server.seen).toHaveLength(1);
  });

  test("that are no JSON, or no problem, are a typed error", async () => {
    server.script.push({ kind: "answer", status: 200, text: "<html>", headers: { "content-type": "text/html" } });
    await expect(tidings.messages.get(id)).rejects.toBeInstanceOf(TidingsAnswerError);
    for (const [status, text] of [
      [404, "<html>"],
      [302, ""],
      [403, "5"],
    ] as const) {
      server.script.splice(0, 1, { kind: "answer", status, text, headers: { location: "http://127.0.0.1:1/" } });
      await expect(tidings.messages.get(id)).rejects.toMatchObject({
        name: "TidingsApiError",
        status,
        code: "unknown",
      });
    }
  });

  test("of readiness tell why the server is not ready", async () => {
    const checks = { store: { ok: false, detail: "full" } };
    server.script.push({
      kind: "answer",
      status: 503,
      json: { status: "unready", checks },
      headers: { "content-type": "application/json" },
    });
    expect(await tidings.readiness()).toEqual({ status: "unready", checks });
    server.script.splice(0, 1, problem(503, "stopping", "0"));
    await expect(tidings.readiness({ retries: 0 })).rejects.toMatchObject({ code: "stopping" });
  });
});

describe("lists", () => {
  const page = (names: string[], nextCursor?: string) =>
    ({
      kind: "answer",
      status: 200,
      json: {
        items: names.map((key) => ({
          key,
          version: 1,
          updatedAt: "2026-01-01T00:00:00Z",
          document: { class: "critical" },
        })),
        nextCursor,
      },
    }) as const;

  test("go through all pages, one at a time", async () => {
    server.script.push(page(["a", "b"], "c1"), page(["c"], "c2"), page([]));
    const keys: string[] = [];
    for await (const { key } of tidings.categories.list({ limit: 2 })) {
      keys.push(key);
      // The next page is asked for when the one before is used up.
      expect(server.seen).toHaveLength(key === "c" ? 2 : 1);
    }
    expect(keys).toEqual(["a", "b", "c"]);
    expect(server.seen.map(({ url }) => url)).toEqual([
      "/base/v1/categories?limit=2",
      "/base/v1/categories?cursor=c1&limit=2",
      "/base/v1/categories?cursor=c2&limit=2",
    ]);
  });

  test("stop where the caller stops, and give single pages", async () => {
    server.script.push(page(["a", "b"], "c1"));
    for await (const { key } of tidings.categories.list()) if (key === "a") break;
    expect(server.seen).toHaveLength(1);
    expect((await tidings.categories.list({ cursor: "c0" }).page()).nextCursor).toBe("c1");
    expect(server.seen[1]?.url).toBe("/base/v1/categories?cursor=c0");
  });

  test("never go round in circles", async () => {
    server.script.push(page(["a"], "c1"));
    const walk = async () => {
      for await (const _each of tidings.categories.list());
    };
    await expect(walk()).rejects.toBeInstanceOf(TidingsAnswerError);
  });
});
