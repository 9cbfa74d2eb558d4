import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { writeClaims } from "../../domain/signed-claims.ts";
import { writeClickToken, writeOpenToken } from "../../domain/tracking-token.ts";
import type { Visit } from "../../domain/visit.ts";
import { SystemClock } from "../../lib/system-clock.ts";
import { Feedback } from "../../pipeline/feedback/feedback.ts";
import { Visits } from "../../pipeline/feedback/visits.ts";
import { type Answer, type ApiBench, apiBench } from "../bench.conformance.ts";

const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const target = "https://shop.example/basket?a=1&b=%C3%BC#top";
const seen: Visit[] = [];
const passed: string[] = [];
let bench: ApiBench;
let made = 0;

beforeAll(async () => {
  const visits = {
    record: (visit: Visit) => void seen.push(visit),
    passOver: (kind: string) => void passed.push(kind),
  };
  bench = await apiBench(() => ({ visits }));
});
afterAll(() => bench.close());
beforeEach(() => {
  seen.length = 0;
  passed.length = 0;
});

const of = (over: { environmentId?: number; expiresAt?: number } = {}) => {
  made += 1;
  return { environmentId: 1, messageId: `m${made}`, expiresAt: Date.now() + 1e6, ...over };
};
const clickToken = (over?: Parameters<typeof of>[0]) => writeClickToken(bench.keyring, { ...of(over), target }) ?? "";
const openToken = (over?: Parameters<typeof of>[0]) => writeOpenToken(bench.keyring, of(over));
const open = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  bench.call(path, { key: null, headers: { "user-agent": browser, ...headers } });
const head = (path: string) =>
  fetch(`http://127.0.0.1:${bench.port}${path}`, {
    method: "HEAD",
    redirect: "manual",
    headers: { "user-agent": browser },
  });

test("a click is led on at once, and told as the message's", async () => {
  const from = Date.now();
  const answer = await open(`/c/${clickToken({ environmentId: 2 })}`);
  expect([answer.status, answer.headers["location"], answer.text]).toEqual([302, target, ""]);
  expect(answer.headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
  expect(answer.headers["set-cookie"]).toBeUndefined();
  expect(seen).toEqual([{ environmentId: 2, messageId: `m${made}`, kind: "clicked", at: expect.any(Number) }]);
  expect(seen[0]?.at).toBeGreaterThanOrEqual(from);
});

test("an opened mail gets its picture, which nobody keeps", async () => {
  const path = `/o/${openToken()}`;
  const answer = await fetch(`http://127.0.0.1:${bench.port}${path}`, { headers: { "user-agent": browser } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect([answer.status, answer.headers.get("content-type"), answer.headers.get("cache-control")]).toEqual([
    200,
    "image/gif",
    "no-store",
  ]);
  expect([bytes.subarray(0, 6).toString(), bytes.readUInt16LE(6), bytes.readUInt16LE(8)]).toEqual(["GIF89a", 1, 1]);
  expect(seen).toMatchObject([{ environmentId: 1, messageId: `m${made}`, kind: "opened" }]);
});

test("HEAD answers the same, and tells nothing", async () => {
  const click = await head(`/c/${clickToken()}`);
  expect([click.status, click.headers.get("location"), await click.text()]).toEqual([302, target, ""]);
  const picture = await head(`/o/${openToken()}`);
  expect([picture.status, picture.headers.get("content-type"), await picture.text()]).toEqual([200, "image/gif", ""]);
  expect([seen, passed]).toEqual([[], []]);
});

test("programs are led on as people are, and not counted as such", async () => {
  const paths = [`/c/${clickToken()}`, `/o/${openToken()}`];
  for (const headers of [
    { "sec-purpose": "prefetch" },
    { "user-agent": "Mozilla/5.0" },
    { "user-agent": "curl/8.5.0" },
  ]) {
    const [click, picture] = await Promise.all(paths.map((path) => open(path, headers)));
    expect([click?.headers["location"], picture?.headers["content-type"]]).toEqual([target, "image/gif"]);
  }
  expect(seen).toEqual([]);
  expect(passed.toSorted()).toEqual([...Array(3).fill("clicked"), ...Array(3).fill("opened")]);
});

test("what is forged, altered, cut, expired, of another kind or environment leads nowhere, and tells nothing", async () => {
  const text = clickToken();
  const [payload = "", signature = ""] = text.split(".");
  const with_ = (from: string, to: string) =>
    Buffer.from(Buffer.from(payload, "base64url").toString().replace(from, to)).toString("base64url");
  const bad: [string, number][] = [
    ["/c/x", 404],
    [`/c/${text.slice(0, -1)}`, 404],
    [`/c/${payload}`, 404],
    [`/c/${payload}.${"A".repeat(43)}`, 404],
    [`/c/${with_("shop.example", "evil.example")}.${signature}`, 404],
    [`/c/${with_("[1,1,", "[1,2,")}.${signature}`, 404],
    [`/c/${with_("[1,1,", "[1,77,")}.${signature}`, 404],
    [`/c/${openToken()}`, 404],
    [`/c/${encodeURIComponent("https://evil.example/")}`, 404],
    [`/c/${text}/https://evil.example/`, 404],
    ["/c/%00", 404],
    [`/c/${clickToken({ expiresAt: Date.now() - 1 })}`, 410],
    [`/o/${text}`, 404],
    [`/o/${openToken().slice(1)}`, 404],
    [`/o/${openToken({ expiresAt: Date.now() - 1 })}`, 410],
  ];
  for (const [path, status] of bad) {
    const answer = await open(path);
    expect([answer.status, answer.headers["location"], answer.headers["cache-control"]], path).toEqual([
      status,
      undefined,
      path.includes("https:") ? undefined : "no-store",
    ]);
    expect(answer.text).not.toContain("evil");
  }
  expect([seen, passed]).toEqual([[], []]);
});

test.each(["javascript:alert(1)", "data:text/html,x", "//evil.example/", "https://a.example/\nset-cookie:a=b"])(
  "nobody is led to %j, whoever signed it",
  async (odd) => {
    const text = writeClaims(bench.keyring, 1, "click link", [1, 1, "m", Date.now() + 1e6, odd]);
    const answer = await open(`/c/${text}`);
    expect([answer.status, answer.headers["location"]]).toEqual([404, undefined]);
    expect(seen).toEqual([]);
  },
);

test("a link that is too old says so to who stands before it, in their language", async () => {
  const answer = await open(`/c/${clickToken({ expiresAt: 1 })}`, { "accept-language": "de" });
  expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(answer.text).toContain("<h1>Dieser Link funktioniert nicht</h1>");
});

test("too many requests of one link are refused, and those of another are not", async () => {
  for (const path of [`/c/${clickToken()}`, `/o/${openToken()}`]) {
    const answers = await Promise.all(Array.from({ length: 250 }, () => open(path)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers).toMatchObject({ "cache-control": "no-store" });
    expect(refused[0]?.headers["location"]).toBeUndefined();
    expect(seen.length).toBe(250 - refused.length);
    seen.length = 0;
  }
  expect((await open(`/c/${clickToken()}`)).status).toBe(302);
});

test("other methods lead nowhere", async () => {
  const answer = await bench.call(`/c/${clickToken()}`, {
    key: null,
    method: "POST",
    headers: { "user-agent": browser },
  });
  expect([answer.headers["location"], seen]).toEqual([undefined, []]);
});

test.each([
  ["does not answer", () => new Promise<never>(() => {})],
  ["is away", () => Promise.reject(new Error("disk"))],
])("while the store %s, readers are led on at once, and asked for nothing", async (_, answer) => {
  const counts: string[] = [];
  const feedback = new Feedback({
    store: { recordFeedback: answer },
    clock: new SystemClock(),
    softBounces: () => undefined,
    limits: { batchMax: 100, waitingMax: 100, retryAfterSeconds: 1 },
  });
  const visits = new Visits({
    feedback,
    limits: { batchMax: 2, waitingMax: 3 },
    onVisits: (kind, result) => void counts.push(`${kind} ${result}`),
  });
  const asked: string[] = [];
  const slow = await apiBench(({ store, keyring }) => ({
    visits,
    keyring,
    store: new Proxy(store, {
      get: (_target, name) => () => {
        asked.push(String(name));
        return answer();
      },
    }),
  }));
  try {
    for (let count = 0; count < 10; count += 1) {
      const text = writeClickToken(slow.keyring, { ...of(), messageId: randomUUID(), target });
      const led = await slow.call(`/c/${text}`, { key: null, headers: { "user-agent": browser } });
      expect([led.status, led.headers["location"]]).toEqual([302, target]);
    }
    expect(asked).toEqual([]);
    expect(counts.length).toBeGreaterThan(5);
    expect(new Set(counts)).toEqual(new Set(["clicked dropped"]));
  } finally {
    await slow.close();
  }
});
