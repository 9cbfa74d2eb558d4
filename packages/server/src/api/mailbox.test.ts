import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
  bench.mails.push({
    id: "m-2",
    messageId: "01890000-0000-8000-8000-00000000000b",
    at: 1_700_000_000_001,
    to: "anna",
    content: {
      subject: "Order A-1001",
      text: "It has left us.",
      inApp: {
        url: "/orders/1",
        imageUrl: "https://shop.example/mug.png",
        actions: [
          { key: "track", label: "<b>Track</b>", url: "javascript:alert(1)" },
          { key: "later", label: "Later" },
        ],
        data: { "<i>": "<script>alert(4)</script>" },
      },
    },
    channel: "in_app",
  });
  bench.mails.push({
    id: "m-3",
    messageId: "01890000-0000-8000-8000-00000000000c",
    at: 1_700_000_000_002,
    to: "token",
    content: {
      text: "It has left us.",
      push: { url: "https://shop.example/1", badge: 3, data: { "<i>": "<script>alert(5)</script>" } },
      mediaUrls: ["https://shop.example/<b>.png"],
      stored: { ids: { sendgrid: "d-<b>" }, data: { order: "<script>" } },
    },
    channel: "push",
  });
  bench.mails.push({
    id: "m-1",
    messageId: "01890000-0000-8000-8000-00000000000a",
    at: 1_700_000_000_000,
    to: '"><script>alert(1)</script>@x.org',
    content: {
      subject: "<b>hi</b>",
      text: "</pre><script>alert(2)</script>",
      attachments: [{ filename: "<b>hi</b>.pdf", contentType: "application/pdf", bytes: 3 }],
      html: `<p style="color:red" title='"'>hi</p><script>alert(3)</script>`,
    },
    channel: "email",
  });
});
afterAll(() => bench.close());

const page = (path: string) => bench.call(path, { key: null });

test("the list opens with the environment's token alone", async () => {
  for (const path of ["/sandbox/development", "/sandbox/development?token=x", "/sandbox/production?token=sesame"]) {
    expect((await page(path)).status, path).toBe(401);
  }
  const list = await page("/sandbox/development?token=sesame");
  expect(list.status).toBe(200);
  expect(list.headers).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  expect(list.text).toContain('href="/sandbox/development/m-1?token=sesame"');
});

test("what was mailed is text on the page, and no markup of it", async () => {
  const list = await page("/sandbox/development?token=sesame");
  const entry = await page("/sandbox/development/m-1?token=sesame");
  for (const { text } of [list, entry]) {
    expect(text).not.toMatch(/<script|<b>/);
    expect(text).toContain("&#60;b&#62;hi");
  }
  expect(entry.text).toContain("<iframe sandbox title=");
  expect(entry.text).toContain('srcdoc="&#60;p style=&#34;color:red&#34;');
});

test("an entry tells the names and sizes of its attachments", async () => {
  const entry = await page("/sandbox/development/m-1?token=sesame");
  expect(entry.text).toContain("<li>&#60;b&#62;hi&#60;/b&#62;.pdf (application/pdf, 3 bytes)</li>");
});

test("an in-app message shows title, text, links, buttons and data, and leads nowhere itself", async () => {
  const { text } = await page("/sandbox/development/m-2?token=sesame");
  expect(text).toContain("<dt>Title</dt><dd>Order A-1001</dd>");
  expect(text).toContain("<pre>It has left us.</pre>");
  expect(text).toContain("<dt>Leads to</dt><dd>/orders/1</dd>\n<dt>Image</dt><dd>https://shop.example/mug.png</dd>");
  expect(text).toContain("<li>&#60;b&#62;Track&#60;/b&#62; (track, leads to javascript:alert(1))</li>");
  expect(text).toContain("<li>Later (later)</li>");
  expect(text).toContain("<dt>&#60;i&#62;</dt><dd>&#60;script&#62;alert(4)&#60;/script&#62;</dd>");
  expect(text).not.toMatch(/<script|<b>|<i>|(src|href)="(?!\/sandbox\/)/);
});

test("what goes with push and chat messages, and with templates at vendors, stands there as text", async () => {
  const { text } = await page("/sandbox/development/m-3?token=sesame");
  expect(text).toContain("<dt>url</dt><dd>https://shop.example/1</dd>\n<dt>badge</dt><dd>3</dd>");
  expect(text).toContain("<dt>&#60;i&#62;</dt><dd>&#60;script&#62;alert(5)&#60;/script&#62;</dd>");
  expect(text).toContain("<li>https://shop.example/&#60;b&#62;.png</li>");
  expect(text).toContain("<dt>sendgrid</dt><dd>d-&#60;b&#62;</dd>");
  expect(text).toContain("&#34;order&#34;: &#34;&#60;script&#62;&#34;");
  expect(text).not.toMatch(/<script|<b>|<i>|(src|href)="(?!\/sandbox\/)/);
});

test("no page may run a script or load anything, and the list has only the style that its policy names", async () => {
  const list = await page("/sandbox/development?token=sesame");
  const entry = await page("/sandbox/development/m-1?token=sesame");
  for (const { headers } of [list, entry]) expect(headers["content-security-policy"]).toMatch(/^default-src 'none';/);
  expect(list.headers["content-security-policy"]).toMatch(/style-src 'sha256-[A-Za-z0-9+/]{43}='/);
  expect(`${list.text}${entry.text}`).not.toMatch(/(src|href)="https?:/);
});

test("the list loads itself again only where that was asked for", async () => {
  expect((await page("/sandbox/development?token=sesame")).text).not.toContain("http-equiv");
  expect((await page("/sandbox/development?token=sesame&refresh=5")).text).toContain(
    '<meta http-equiv="refresh" content="5">',
  );
  expect((await page("/sandbox/development?token=sesame&refresh=-1")).status).toBe(400);
});

test("a message that is not there is 404", async () => {
  expect((await page("/sandbox/development/none?token=sesame")).status).toBe(404);
});
