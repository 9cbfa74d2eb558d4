import { afterEach, describe, expect, test } from "vitest";
import { type InboxBench, inboxBench } from "./inbox-bench.conformance.ts";

let bench: InboxBench;
afterEach(() => bench.close());

const post = (body: unknown) => ({ method: "POST" as const, body });
const actions = [
  { key: "accept", label: "Accept", url: "/orders/1" },
  { key: "decline", label: "Decline" },
];

describe("the inbox over HTTP", () => {
  test("shows items newest first with what they carry, page by page, and the counts", async () => {
    bench = await inboxBench();
    const token = await bench.token("anna");
    const content = {
      title: "T",
      text: "Hello",
      url: "/a",
      imageUrl: "https://e.test/i.png",
      actions,
      data: { order: "1" },
    };
    const expiresAt = Date.now() + 3_600_000;
    const ids = [await bench.add("anna", { content, expiresAt }), await bench.add("anna"), await bench.add("anna")];
    const first = await bench.visit("/v1/inbox?limit=2", token);
    expect(first.json).toMatchObject({ items: [{ id: ids[2] }, { id: ids[1] }], counts: { unseen: 3, unread: 3 } });
    const { nextCursor } = first.json as { nextCursor: string };
    const second = await bench.visit(`/v1/inbox?limit=2&cursor=${nextCursor}`, token);
    expect(second.json).toEqual({
      items: [{ id: ids[0], createdAt: expect.any(String), expiresAt: new Date(expiresAt).toISOString(), ...content }],
      counts: { unseen: 3, unread: 3, sequence: expect.any(Number) },
    });
    expect(second.headers["cache-control"]).toBe("no-store");
    expect((await bench.visit("/v1/inbox/counts", token)).json).toEqual((second.json as { counts: unknown }).counts);
  });

  test("marks by ids, or up to a sequence, in parts larger than one transaction takes, and filters", async () => {
    bench = await inboxBench({ batchMax: 3 });
    const token = await bench.token("anna");
    const ids: string[] = [];
    for (let index = 0; index < 8; index += 1) ids.push(await bench.add("anna"));
    const { sequence } = (await bench.visit("/v1/inbox/counts", token)).json as { sequence: number };
    const late = await bench.add("anna");
    const list = async (filter: string) =>
      ((await bench.visit(`/v1/inbox?filter=${filter}`, token)).json as { items: { id: string }[] }).items.map(
        ({ id }) => id,
      );
    expect((await bench.visit("/v1/inbox/seen", token, post({ upTo: sequence }))).json).toMatchObject({
      changed: 8,
      counts: { unseen: 1, unread: 9, sequence: sequence + 9 },
    });
    expect(await list("unseen")).toEqual([late]);
    expect((await bench.visit("/v1/inbox/read", token, post({ ids: ids.slice(0, 7) }))).json).toMatchObject({
      changed: 7,
    });
    expect(await list("unread")).toEqual([late, ids[7]]);
    await bench.visit("/v1/inbox/unread", token, post({ ids: [ids[0]] }));
    await bench.visit("/v1/inbox/archive", token, post({ ids: [late, ids[1]] }));
    expect(await list("archived")).toEqual([late, ids[1]]);
    await bench.visit("/v1/inbox/unarchive", token, post({ ids: [late] }));
    expect((await bench.visit("/v1/inbox/counts", token)).json).toMatchObject({ unseen: 1, unread: 3 });
    expect(await list("all")).toHaveLength(8);
  });

  test("tells changes since a sequence, or to start anew", async () => {
    bench = await inboxBench();
    const token = await bench.token("anna");
    const { sequence } = (await bench.visit("/v1/inbox/counts", token)).json as { sequence: number };
    const id = await bench.add("anna");
    await bench.visit("/v1/inbox/read", token, post({ ids: [id] }));
    const first = await bench.visit(`/v1/inbox/changes?after=${sequence}&limit=1`, token);
    expect(first.json).toMatchObject({
      changes: [
        { sequence: sequence + 1, type: "created", id, item: { text: "Hello" }, counts: { unseen: 1, unread: 1 } },
      ],
      counts: { unseen: 0, unread: 0, sequence: sequence + 2 },
      more: true,
    });
    const rest = await bench.visit(`/v1/inbox/changes?after=${sequence + 1}`, token);
    expect(rest.json).toMatchObject({ changes: [{ sequence: sequence + 2, type: "updated" }], more: false });
    expect((await bench.visit("/v1/inbox/changes?after=0", token)).json).toMatchObject({
      changes: [{ type: "reset", sequence: sequence + 2, counts: { unseen: 0, unread: 0 } }],
      more: false,
    });
  });

  test("takes an action once: the first one stands, and is told to who comes with another", async () => {
    bench = await inboxBench();
    const token = await bench.token("anna");
    const id = await bench.add("anna", { content: { text: "Hello", actions } });
    const act = (key: string) => bench.visit(`/v1/inbox/${id}/actions/${key}`, token, { method: "POST" });
    expect((await act("other")).status).toBe(404);
    expect((await act("accept")).json).toMatchObject({ id, action: { key: "accept" }, readAt: expect.any(String) });
    expect((await act("accept")).status).toBe(200);
    const refused = await act("decline");
    expect([refused.status, refused.json]).toMatchObject([409, { code: "version_conflict" }]);
    expect((await bench.visit("/v1/inbox/counts", token)).json).toMatchObject({ unseen: 0, unread: 0 });
  });

  test("is the token's recipient's alone, in the environment of the key that asked for the token", async () => {
    bench = await inboxBench();
    const id = await bench.add("anna");
    for (const token of [await bench.token("ben"), await bench.token("anna", undefined, bench.otherKey)]) {
      expect((await bench.visit("/v1/inbox", token)).json).toMatchObject({ items: [] });
      expect((await bench.visit("/v1/inbox/read", token, post({ ids: [id] }))).json).toMatchObject({ changed: 0 });
      expect((await bench.visit(`/v1/inbox/${id}/actions/a`, token, { method: "POST" })).status).toBe(404);
    }
    expect((await bench.visit("/v1/inbox/counts", await bench.token("anna"))).json).toMatchObject({ unread: 1 });
  });
});

describe("a token", () => {
  test("is refused when it is missing, an API key, of too few scopes, or in a query where it must not stand", async () => {
    bench = await inboxBench();
    const reading = await bench.token("anna", { scopes: ["inbox:read"] });
    const writing = await bench.token("anna", { scopes: ["inbox:write"] });
    const statuses = await Promise.all([
      bench.call("/v1/inbox", { key: null }),
      bench.call("/v1/inbox"),
      bench.call(`/v1/inbox?token=${reading}`, { key: null }),
      bench.visit("/v1/inbox", writing),
      bench.visit("/v1/inbox/read", reading, post({ upTo: 1 })),
      bench.visit("/v1/recipients/anna", reading),
    ]);
    expect(statuses.map(({ status, json }) => [status, (json as { code: string }).code])).toEqual([
      [401, "unauthorized"],
      [401, "unauthorized"],
      [401, "unauthorized"],
      [403, "forbidden"],
      [403, "forbidden"],
      [401, "unauthorized"],
    ]);
    expect((await bench.visit("/v1/inbox", reading)).status).toBe(200);
  });

  test("is revoked at once with all others of the recipient; later ones open the inbox", async () => {
    bench = await inboxBench();
    const [anna, ben] = [await bench.token("anna"), await bench.token("ben")];
    expect((await bench.call("/v1/recipients/anna/tokens", { method: "DELETE" })).status).toBe(204);
    for (const [path, request] of [
      ["/v1/inbox", {}],
      ["/v1/inbox/counts", {}],
      ["/v1/inbox/changes?after=0", {}],
      ["/v1/inbox/seen", post({ upTo: 1 })],
    ] as const)
      expect([path, (await bench.visit(path, anna, request)).status]).toEqual([path, 401]);
    expect((await bench.visit("/v1/inbox", ben)).status).toBe(200);
    expect((await bench.visit("/v1/inbox", await bench.token("anna"))).status).toBe(200);
    expect((await bench.call("/v1/recipients/nobody/tokens", { method: "DELETE" })).status).toBe(204);
  });

  test("of a deleted recipient opens nothing, also when one of that id is made anew", async () => {
    bench = await inboxBench();
    await bench.add("anna");
    const old = await bench.token("anna");
    await bench.call("/v1/recipients/anna", { method: "DELETE" });
    expect((await bench.visit("/v1/inbox", old)).status).toBe(401);
    await bench.add("anna");
    expect((await bench.visit("/v1/inbox", old)).status).toBe(401);
  });

  test.each([{ ttlSeconds: 86_401 }, { scopes: [] }, { scopes: ["admin"] }, { other: 1 }])(
    "is not made of %j",
    async (body) => {
      bench = await inboxBench();
      const answer = await bench.call("/v1/recipients/anna/tokens", { method: "POST", body });
      expect([answer.status, answer.json]).toMatchObject([400, { code: "validation_failed" }]);
    },
  );

  test("has its own rate", async () => {
    bench = await inboxBench({ ratePerTokenPerSecond: 2 });
    const [one, two] = [await bench.token("anna"), await bench.token("anna")];
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => bench.visit("/v1/inbox/counts", one)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers["retry-after"]).toBe("1");
    expect((await bench.visit("/v1/inbox/counts", two)).status).toBe(200);
  });
});

describe("pages of other origins", () => {
  test("may use the inbox where they are listed, and read its problems too", async () => {
    bench = await inboxBench();
    const origin = "https://shop.example";
    const preflight = await bench.call("/v1/inbox/read", { method: "OPTIONS", key: null, headers: { origin } });
    expect([preflight.status, preflight.headers]).toMatchObject([
      204,
      {
        "access-control-allow-origin": origin,
        "access-control-allow-headers": expect.stringContaining("authorization"),
      },
    ]);
    const refused = await bench.call("/v1/inbox", { key: null, headers: { origin } });
    expect([refused.status, refused.headers["access-control-allow-origin"], refused.headers["vary"]]).toEqual([
      401,
      origin,
      "origin",
    ]);
  });

  test("are refused where they are not, and see no other route at all", async () => {
    bench = await inboxBench();
    const origin = "https://evil.example";
    const preflight = await bench.call("/v1/inbox", { method: "OPTIONS", key: null, headers: { origin } });
    expect([preflight.status, preflight.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
    const listed = { origin: "https://shop.example" };
    const other = await bench.call("/v1/events", { method: "OPTIONS", key: null, headers: listed });
    expect([other.status, other.headers["access-control-allow-origin"]]).toEqual([405, undefined]);
  });

  test("are all let in by a star", async () => {
    bench = await inboxBench({ origins: ["*"] });
    const headers = { origin: "https://any.example" };
    const preflight = await bench.call("/v1/inbox", { method: "OPTIONS", key: null, headers });
    expect([preflight.status, preflight.headers["access-control-allow-origin"]]).toEqual([204, "*"]);
  });
});
