import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import { describe, expect, it } from "vitest";
import { TemplateFault } from "../domain/template-fault.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import { HandlebarsEngine } from "./handlebars.ts";
import type { TemplateLimits } from "./limits.ts";

const nothing = { layout: () => undefined, partial: () => undefined };
const facts = (data: Record<string, unknown>, recipient: Partial<TemplateFacts["recipient"]> = {}): TemplateFacts => ({
  data,
  recipient: { id: "u", attributes: {}, ...recipient },
  message: { id: "m" },
  tenant: undefined,
});
const parse = (body: unknown): TemplateBody => templateBodySchema.parse(body);

function faultOf(run: () => unknown): TemplateFault {
  try {
    run();
  } catch (error) {
    if (error instanceof TemplateFault) return error;
    throw error;
  }
  throw new Error("no fault");
}

function render(
  body: unknown,
  channel: Channel,
  data: Record<string, unknown>,
  recipient?: Partial<TemplateFacts["recipient"]>,
  limits?: Partial<TemplateLimits>,
) {
  return new HandlebarsEngine(limits).compile(parse(body), channel, nothing).render(facts(data, recipient));
}
const text = (source: string, data: Record<string, unknown>, recipient?: Partial<TemplateFacts["recipient"]>) =>
  render({ sms: { text: source } }, "sms", data, recipient).text?.replace(/[\u00a0\u202f]/g, " ");

describe("dates, numbers and amounts", () => {
  const at = "2026-11-24T23:30:00Z";
  it.each([
    ["{{date data.at style='long'}}", { locale: "de-AT", timeZone: "Europe/Vienna" }, "25. November 2026"],
    ["{{date data.at style='long'}}", {}, "November 24, 2026"],
    ["{{date data.at style='short' time='short'}}", { locale: "de", timeZone: "Europe/Vienna" }, "25.11.26, 00:30"],
    ["{{date data.at zone='America/New_York'}}", { locale: "en" }, "Nov 24, 2026"],
    ["{{date data.day style='long'}}", { locale: "en", timeZone: "America/New_York" }, "November 24, 2026"],
    ["{{time data.at}}", { locale: "de", timeZone: "Europe/Vienna" }, "00:30"],
    ["{{date data.ms style='long'}}", {}, "January 1, 1970"],
    ["{{number data.n}}", { locale: "de" }, "1.234,5"],
    ["{{number data.n digits=2}}", { locale: "en" }, "1,234.50"],
    ["{{number data.part style='percent'}}", { locale: "en" }, "25%"],
    ["{{currency data.n 'EUR'}}", { locale: "de" }, "1.234,50 €"],
    ["{{currency data.n data.code}}", { locale: "ja" }, "￥1,235"],
    ["{{currency '12.5' 'USD'}}", { locale: "xx-1" }, "$12.50"],
    ["[{{date data.none}}{{number data.none}}{{currency data.none 'EUR'}}{{currency 1 data.none}}]", {}, "[]"],
  ])("%s for %j", (source, recipient, expected) => {
    expect(text(source, { at, day: "2026-11-24", ms: 0, n: 1234.5, part: 0.25, code: "jpy" }, recipient)).toBe(
      expected,
    );
  });

  it.each([
    ["\n{{date data.v}}", "not a date", "sms.text line 2: has a value that is no date"],
    ["{{number data.v}}", "x", "sms.text line 1: has a value that is no number"],
    ["{{currency 1 data.v}}", "EURO", "sms.text line 1: has a value that is no currency"],
    ["{{date 0 zone=data.v}}", "No/Where", "sms.text line 1: has a value that is not a time zone"],
    ["{{number 1 digits=data.v}}", 500, "sms.text line 1: has a value that is not a form of numbers"],
  ])("%s with %j says why it cannot", (source, v, expected) => {
    expect(faultOf(() => text(source, { v })).detail).toBe(expected);
  });

  it.each(["{{date}}", "{{number}}", "{{t}}", "{{#each data.l}}{{date}}{{/each}}"])(
    "a value named as a helper is a value: %s",
    (source) => {
      expect(text(source, { l: [{ date: "x" }] })).toBe(source.includes("each") ? "x" : "");
    },
  );

  it.each([
    "{{date 1 2}}",
    "{{date 1 style='huge'}}",
    "{{date 1 colour='x'}}",
    "{{#date 1}}x{{/date}}",
    "{{if data.x}}",
  ])("%s is refused", (source) => {
    expect(faultOf(() => text(source, {})).line).toBe(1);
  });
});

describe("messages", () => {
  const body = {
    email: { subject: "{{t 'items' count=data.n}}", html: "<p>{{t 'hello' name=data.name}}</p>{{t 'due' at=data.at}}" },
    messages: {
      default: {
        items: "{count, plural, one {# item} other {# items}}",
        hello: "Hi <b>{name}</b>",
        due: "by {at, date, long}",
      },
      de: { items: "{count, plural, one {# Artikel} other {# Artikel}}", hello: "Hallo {name}" },
      "de-AT": { hello: "Servus {name}" },
    },
  };
  const data = { n: 1200, name: "<Zoë>", at: "2026-11-24T23:30:00Z" };

  it("are found along the chain of locales, and shown in the recipient's locale and zone", () => {
    expect(render(body, "email", data, { locale: "de-AT", timeZone: "Europe/Vienna" })).toMatchObject({
      subject: "1 200 Artikel".replace(" ", "\u00a0"),
      html: "<p>Servus &lt;Zoë&gt;</p>by 25. November 2026",
      locale: "de-AT",
    });
    expect(render(body, "email", { ...data, n: 1 }, { locale: "en" })).toMatchObject({
      subject: "1 item",
      html: "<p>Hi &lt;b&gt;&lt;Zoë&gt;&lt;/b&gt;</p>by November 24, 2026",
    });
  });

  it("that lack a value show nothing in its place, and nothing at all without their number or date", () => {
    expect(render(body, "email", {})).toMatchObject({ subject: "", html: "<p>Hi &lt;b&gt;&lt;/b&gt;</p>" });
  });

  it("take no value that is too long, or of another kind", () => {
    const fault = (change: object) => faultOf(() => render(body, "email", { ...data, ...change })).detail;
    expect(fault({ name: "x".repeat(10_001) })).toBe("email.html line 1: 'name' is too long for a message");
    expect(fault({ name: {} })).toBe("email.html line 1: 'name' is no text");
    expect(fault({ n: "many" })).toBe("email.subject line 1: 'count' is no number");
    expect(fault({ at: "soon" })).toBe("email.html line 1: 'at' is no date");
  });

  it("are checked when they are published", () => {
    const details = (change: object) =>
      new HandlebarsEngine().templateFaults(parse({ ...body, ...change }), nothing).map((fault) => fault.detail);
    expect(details({})).toEqual([]);
    expect(details({ sms: { text: "{{t 'none'}}" } })).toEqual([
      "sms.text line 1: messages.default has no message 'none'",
    ]);
    expect(details({ sms: { text: "{{t data.name}}" } })).toEqual([
      "sms.text line 1: a message must be named as it is, in quotes",
    ]);
    const broken = { ...body.messages, de: { items: "{count, plural, one {x}}" } };
    expect(details({ messages: broken })).toEqual([expect.stringMatching(/^messages\.de\.items: is no ICU message/)]);
  });
});

describe("a variable that is not there", () => {
  const body = (missing?: string) => ({
    ...(missing === undefined ? {} : { missing }),
    email: {
      subject: "s",
      html: "a\n{{#if data.x}}x{{/if}}{{#each data.l}}{{@index}}{{/each}}\n<p>{{data.order.total}}</p>{{currency data.sum 'EUR'}}",
    },
  });

  it("is empty, or a fault that names field, line and variable, as the template says", () => {
    expect(render(body(), "email", {}).html).toBe("a\n\n<p></p>");
    expect(render(body("empty"), "email", {}).html).toBe("a\n\n<p></p>");
    const fault = faultOf(() => render(body("fail"), "email", {}));
    expect(fault.detail).toBe("email.html line 3: data.order.total is missing");
    expect(fault.variable).toBe("data.order.total");
    const second = faultOf(() => render(body("fail"), "email", { order: { total: 0 } }));
    expect(second.detail).toBe("email.html line 3: data.sum is missing");
    expect(render(body("fail"), "email", { order: { total: 0 }, sum: "1", l: [1] }).html).toContain("<p>0</p>€1.00");
  });

  it("in a partial or layout names that", () => {
    const engine = new HandlebarsEngine();
    const library = {
      layout: () => ({ email: { html: "{{> content}}\n{{tenant.name}}" } }),
      partial: () => ({ html: "\n{{url}}" }),
    };
    const template = parse({
      missing: "fail",
      layout: "base",
      email: { subject: "s", html: "{{> button url=data.url}}" },
    });
    const run = (data: object) => engine.compile(template, "email", library).render(facts({ ...data }));
    expect(faultOf(() => run({})).detail).toBe("email.html line 1: data.url is missing");
    expect(faultOf(() => run({ url: "x" })).detail).toBe("layout base email.html line 2: tenant.name is missing");
    const { content, missing } = engine.preview(template, "email", library, facts({}));
    expect(content.html).toBe("\n");
    expect(missing.map(({ detail }) => detail)).toEqual([
      "email.html line 1: data.url is missing",
      "partial button html line 2: url is missing",
      "layout base email.html line 2: tenant.name is missing",
    ]);
  });
});

describe("a mail", () => {
  it("has a text made from its HTML where it has none of its own", () => {
    const body = {
      email: { subject: "s", preheader: "hidden", html: '<p>Hi {{data.name}}</p><a href="{{data.url}}">Pay</a>' },
    };
    const mail = render(body, "email", { name: "A & B", url: "https://x.example/?a=1&b=2" });
    expect(mail.text).toBe("Hi A & B\n\nPay (https://x.example/?a=1&b=2)");
    expect(mail.html).toContain("hidden");
  });

  it("has files of the template and of the data", () => {
    const body = {
      email: {
        subject: "s",
        html: '<img src="cid:logo">',
        attachments: [
          { filename: "logo.png", contentType: "image/png", contentId: "logo", content: "aGVsbG8=" },
          { filename: "invoice {{data.n}}.pdf", contentType: "application/pdf", fromData: "data.files.invoice" },
        ],
      },
    };
    expect(render(body, "email", { n: "../1", files: { invoice: "AAAA" } }).attachments).toEqual([
      { filename: "logo.png", contentType: "image/png", contentId: "logo", content: Buffer.from("hello") },
      { filename: "invoice .._1.pdf", contentType: "application/pdf", content: "AAAA" },
    ]);
    const detail = (data: Record<string, unknown>, limits?: Partial<TemplateLimits>) =>
      faultOf(() => render(body, "email", data, {}, limits)).detail;
    expect(detail({})).toBe("email.attachments[1].fromData: data.files.invoice is missing");
    expect(detail({ files: { invoice: "not base64" } })).toBe(
      "email.attachments[1].fromData: data.files.invoice is not base64",
    );
    expect(detail({ files: { invoice: "A".repeat(400) } }, { attachmentBytesMax: 200 })).toBe(
      "email.attachments[1]: is too large",
    );
    expect(detail({ files: { invoice: "A".repeat(400) } }, { attachmentsBytesMax: 302 })).toBe(
      "email.attachments: are too large",
    );
    expect(detail({ n: "a\r\nb", files: { invoice: "AAAA" } })).toBe(
      "email.attachments[1].filename: has control characters in its values",
    );
  });
});

describe("a hostile template, or hostile data,", () => {
  const limits = { renderMs: 20 };
  const big = "<".repeat(1_000_000);
  const l = Array.from({ length: 1000 }, (_, index) => index);
  const zones = Intl.supportedValuesOf("timeZone").slice(0, 400);
  const attacks: [string, string, Record<string, unknown>][] = [
    [
      "loops in loops",
      "{{#each data.l}}{{#each @root.data.l}}{{#each @root.data.l}}x{{/each}}{{/each}}{{/each}}",
      { l },
    ],
    ["values of a megabyte", "{{data.big}}".repeat(5000), { big }],
    [
      "formatters without end",
      "{{#each data.zones}}{{#each @root.data.zones}}{{date 0 zone=.. time='full'}}{{date 1 zone=this}}{{/each}}{{/each}}",
      { zones },
    ],
    [
      "names as JSON",
      "{{#each data.l}}{{#each @root.data.l}}{{lookup @root.data.o this}}{{/each}}{{/each}}",
      { l, o: { 1: big } },
    ],
  ];
  it.each(attacks)("ends in time: %s", (_name, source, data) => {
    const compiled = new HandlebarsEngine(limits).compile(
      parse({ email: { subject: "s", html: source } }),
      "email",
      nothing,
    );
    const startedAt = process.cpuUsage();
    expect(faultOf(() => compiled.render(facts(data))).field).toBe("email.html");
    const { user, system } = process.cpuUsage(startedAt);
    // Twice the limit, and what lies between two looks at the clock: four values of a megabyte of escapes.
    expect((user + system) / 1000).toBeLessThan(3000);
  });

  it("does not compile for long either", () => {
    const engine = new HandlebarsEngine();
    const fault = (source: string) =>
      engine.templateFaults(parse({ email: { subject: "s", html: source } }), nothing).map(({ message }) => message);
    expect(fault("{{x}}".repeat(5001))).toEqual(["has more than 5000 values and blocks"]);
    const startedAt = process.cpuUsage();
    fault("{{x}}".repeat(5000));
    fault("<a ".repeat(160_000));
    fault("{{#if x}}".repeat(60) + "y".repeat(400_000) + "{{/if}}".repeat(60));
    const { user, system } = process.cpuUsage(startedAt);
    expect((user + system) / 1000).toBeLessThan(5000);
  });
});
