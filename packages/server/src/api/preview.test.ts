import { problemSchema } from "@tidings/contract/errors";
import { previewSchema } from "@tidings/contract/previews";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
const put = (path: string, body: unknown) => bench.call(path, { method: "PUT", body });
const preview = (body: object, key = "shipped") => bench.call(`/v1/templates/${key}/preview`, { body });
const shown = (answer: Answer) => previewSchema.parse(answer.json);
const errors = (answer: Answer) => problemSchema.parse(answer.json).errors;

beforeAll(async () => {
  bench = await apiBench();
  await put("/v1/partials/button", { html: '<a href="{{url}}">{{label}}</a>' });
  await put("/v1/layouts/base", { email: { html: "<h1>{{tenant.name}}</h1>{{> content}}" } });
  await put("/v1/templates/shipped", { sms: { text: "old {{data.order}}" } });
  await put("/v1/templates/shipped", {
    layout: "base",
    email: {
      subject: "Order {{data.order}}",
      html: '{{recipient.attributes.name}}\n{{> button url=data.url label="Follow"}}',
      attachments: [{ filename: "a.txt", contentType: "text/plain", content: "aGVsbG8=" }],
    },
    locales: { de: { email: { subject: "Bestellung {{data.order}}" } } },
  });
  await put("/v1/tenants/acme", { name: "Acme" });
  await put("/v1/recipients/ada", { locale: "de-AT", attributes: { name: "Ada" }, personal: { title: "Dr" } });
});
afterAll(() => bench.close());

test("shows what would go out, for somebody who is stored or made up", async () => {
  const body = { channel: "email", data: { order: 7, url: "https://x.example" }, tenant: "acme" };
  expect(shown(await preview({ ...body, recipient: "ada" }))).toEqual({
    content: {
      subject: "Bestellung 7",
      html: '<h1>Acme</h1>Ada\n<a href="https://x.example">Follow</a>',
      text: "Acme\n\nAda Follow (https://x.example)",
      attachments: [{ filename: "a.txt", contentType: "text/plain", bytes: 5 }],
    },
    locale: "de",
    warnings: [],
  });
  const made = shown(
    await preview({ ...body, locale: "fr", recipient: { id: "x", locale: "de", attributes: { name: "X" } } }),
  );
  expect(made.content.subject).toBe("Order 7");
});

test("warns of variables that are not there, each with its place", async () => {
  expect(shown(await preview({ channel: "email" })).warnings).toEqual([
    { path: "email.subject", line: 1, variable: "data.order", message: "data.order is missing" },
    {
      path: "email.html",
      line: 1,
      variable: "recipient.attributes.name",
      message: "recipient.attributes.name is missing",
    },
    { path: "email.html", line: 2, variable: "data.url", message: "data.url is missing" },
    { path: "html", document: "partial button", line: 1, variable: "url", message: "url is missing" },
    {
      path: "email.html",
      document: "layout base",
      line: 1,
      variable: "tenant.name",
      message: "tenant.name is missing",
    },
  ]);
});

test("shows an earlier version, and a template that is not written yet", async () => {
  expect(shown(await preview({ channel: "sms", version: 1, data: { order: 1 } })).content).toEqual({ text: "old 1" });
  const template = { sms: { text: "new {{data.order}}" } };
  expect(shown(await preview({ channel: "sms", template, data: { order: 1 } }, "unwritten")).content).toEqual({
    text: "new 1",
  });
  expect((await bench.call("/v1/templates/unwritten")).status).toBe(404);
});

test("shows what goes with a push, a chat and a mail beside its texts", async () => {
  const template = {
    email: { subject: "s", text: "t", stored: { sendgrid: "d-1" } },
    push: { text: "x", url: "https://x.example/{{data.n}}", badge: "{{data.n}}" },
    chat: { text: "x", body: '{"blocks":[{{data.n}}]}', mediaUrls: ["https://x.example/{{data.n}}.png"] },
  };
  const looked = async (channel: string) => shown(await preview({ channel, template, data: { n: 1 } })).content;
  expect(await looked("push")).toEqual({ text: "x", push: { url: "https://x.example/1", badge: 1 } });
  expect(await looked("chat")).toEqual({
    text: "x",
    body: '{"blocks":[1]}',
    mediaUrls: ["https://x.example/1.png"],
  });
  expect((await looked("email")).stored).toMatchObject({
    ids: { sendgrid: "d-1" },
    data: { data: { n: 1 }, recipient: { id: "preview" }, unsubscribeUrl: "https://preview.invalid/u/link" },
  });
});

test("names what is wrong, by path and line", async () => {
  expect((await preview({ channel: "email" }, "none")).status).toBe(404);
  expect((await preview({ channel: "sms", version: 9 })).status).toBe(404);
  const broken = { sms: { text: "\n{{#if x}}" }, email: { subject: "s", html: "<p {{x}}>" } };
  expect(errors(await preview({ channel: "sms", template: broken }))).toMatchObject([
    { path: "template.email.html", line: 1 },
    { path: "template.sms.text", line: 2 },
  ]);
  expect(errors(await preview({ channel: "push" }))).toMatchObject([{ path: "push" }]);
  expect(errors(await preview({ channel: "email", recipient: "nobody" }))).toMatchObject([{ path: "recipient" }]);
  expect(errors(await preview({ channel: "email", data: { order: "a\nb" } }))).toMatchObject([
    { path: "email.subject" },
  ]);
  expect(errors(await preview({ channel: "sms", version: 1, template: { sms: { text: "x" } } }))).toMatchObject([
    { path: "version" },
  ]);
});
