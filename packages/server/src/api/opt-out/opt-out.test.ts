import { afterAll, beforeAll, expect, test } from "vitest";
import type { OptOutToken } from "../../domain/opt-out-token.ts";
import { type ApiBench, apiBench } from "../bench.conformance.ts";
import { LinkBench } from "./link-bench.conformance.ts";

let bench: ApiBench;
let pages: LinkBench;
beforeAll(async () => {
  bench = await apiBench();
  pages = new LinkBench(bench);
  const put = (path: string, body: unknown) => bench.call(path, { method: "PUT", body });
  await put("/v1/categories/news", { class: "marketing", name: 'News & "more"' });
  const branding = { logoUrl: "https://acme.example/logo.png", color: "#123456" };
  await put("/v1/tenants/acme", { name: "Acme <Shop>", branding });
});
afterAll(() => bench.close());

const link = (over: Partial<OptOutToken> = {}) => pages.link(over);
const open: LinkBench["open"] = (...call) => pages.open(...call);
const stored: LinkBench["stored"] = (...of) => pages.stored(...of);

test.each([
  ["a form", "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"],
  [
    "a form in parts",
    "multipart/form-data; boundary=x",
    '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
  ],
  ["something else", "text/plain", "hello"],
  ["nothing", "", ""],
])(
  "a mail client's POST of %s unsubscribes, without cookie or redirect, and once more is the same",
  async (_, type, raw) => {
    const { path, addressHash } = link();
    const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
    const first = await open(path, "POST", headers, raw === "" ? undefined : raw);
    expect([first.status, first.headers["set-cookie"], first.headers["location"]]).toEqual([200, undefined, undefined]);
    expect(await stored(addressHash)).toMatchObject([{ scope: "category", value: "news", reason: "one_click" }]);
    const rows = await stored(addressHash);
    const second = await open(path, "POST", headers, raw === "" ? undefined : raw);
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(await stored(addressHash)).toEqual(rows);
  },
);

test("scanners that GET or HEAD the link, however often, change nothing", async () => {
  const { path, addressHash, token } = link();
  const page = await open(path);
  expect(page.status).toBe(200);
  expect(page.text).toContain('<form method="post">');
  const head = await fetch(`http://127.0.0.1:${bench.port}/u/${token}`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  await open(path);
  expect(await stored(addressHash)).toEqual([]);
});

test("what is forged, altered, cut, expired or of another environment is refused in words, and changes nothing", async () => {
  const { token, addressHash } = link();
  const expired = link({ expiresAt: Date.now() - 1 });
  const [payload = "", signature = ""] = token.split(".");
  const moved = Buffer.from(payload, "base64url").toString().replace("[1,1,", "[1,2,");
  const nowhere = Buffer.from(payload, "base64url").toString().replace("[1,1,", "[1,77,");
  const bad: [string, number][] = [
    ["x", 404],
    [token.slice(0, -1), 404],
    [token.slice(0, 40), 404],
    [`${payload}.${"A".repeat(43)}`, 404],
    [`${Buffer.from(moved).toString("base64url")}.${signature}`, 404],
    [`${Buffer.from(nowhere).toString("base64url")}.${signature}`, 404],
    ["%00", 404],
    [expired.token, 410],
  ];
  for (const [text, status] of bad)
    for (const method of ["GET", "POST"] as const) {
      const answer = await open(`/u/${text}`, method);
      expect([answer.status, answer.headers["content-type"]], text).toEqual([status, "text/html; charset=utf-8"]);
      expect(answer.text).toContain("<h1>This link does not work</h1>");
    }
  expect(await stored(addressHash)).toEqual([]);
  expect(await stored(expired.addressHash)).toEqual([]);
  const other = link({ environmentId: 2 });
  expect((await open(other.path, "POST")).status).toBe(200);
  expect(await stored(other.addressHash, 1)).toEqual([]);
  expect(await stored(other.addressHash, 2)).toHaveLength(1);
});

test("the page is in the recipient's language, else the browser's, in the tenant's look, with nothing that runs or leaks", async () => {
  const german = await open(link({ locale: "de-AT", tenant: "acme" }).path, "GET", { "accept-language": "fr" });
  expect(german.text).toContain('<html lang="de">');
  expect(german.text).toContain("„News &#38; &#34;more&#34;“");
  expect(german.text).toContain('alt="Acme &#60;Shop&#62;"');
  expect(german.text).not.toMatch(/<script|<Shop>|http:/);
  const { headers } = german;
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
  });
  const policy = String(headers["content-security-policy"]);
  expect(policy).toContain("img-src https://acme.example/logo.png;");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("script-src");
  const languages = ["en", "de", "fr", "es", "xx"];
  const pages = await Promise.all(
    languages.map((language) => open(link({ locale: "" }).path, "GET", { "accept-language": `${language};q=0.9` })),
  );
  expect(pages.map(({ text }) => /lang="(\w+)"/.exec(text)?.[1])).toEqual(["en", "de", "fr", "es", "en"]);
});

test("a look that could break out of the page or its policy, or that nobody could read, is left out", async () => {
  for (const logoUrl of [
    "https://a.example/x; script-src *",
    "http://a.example/x",
    "javascript:alert(1)",
    'https://a.example/"x',
  ]) {
    await bench.call("/v1/tenants/odd", { method: "PUT", body: { branding: { logoUrl, color: "#ffff00" } } });
    const page = await open(link({ tenant: "odd" }).path);
    expect(String(page.headers["content-security-policy"])).toContain("img-src 'none'");
    expect(page.text).not.toContain("<img");
    expect(page.text).not.toContain("#ffff00");
  }
});

test("a body beyond its bound and too many requests of one link are refused", async () => {
  const { path, addressHash } = link();
  expect((await open(path, "POST", { "content-type": "text/plain" }, "x".repeat(20_000))).status).toBe(413);
  expect(await stored(addressHash)).toEqual([]);
  const answers = await Promise.all(Array.from({ length: 250 }, () => open(path)));
  expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  expect((await open(link().path)).status).toBe(200);
});
