import type { LayoutBody } from "@tidings/contract/layouts";
import type { PartialBody } from "@tidings/contract/partials";
import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import { describe, expect, it } from "vitest";
import type { TemplateFacts, TemplateLibrary } from "../ports/template-engine.ts";
import { HandlebarsEngine } from "./handlebars.ts";

const engine = new HandlebarsEngine({ renderMs: 60_000 });
const acme = { key: "acme", name: "Acme", branding: { logoUrl: "https://acme.example/logo.png", colour: "#123456" } };

function library(parts: {
  layouts?: Record<string, LayoutBody>;
  partials?: Record<string, PartialBody>;
}): TemplateLibrary {
  return { layout: (key) => parts.layouts?.[key], partial: (key) => parts.partials?.[key] };
}

const facts = (data: Record<string, unknown> = {}, locale?: string): TemplateFacts => ({
  data,
  recipient: { id: "u", locale, attributes: {} },
  message: { id: "m" },
  tenant: acme,
});

const mail = (html: string, more: Partial<NonNullable<TemplateBody["email"]>> = {}): TemplateBody => ({
  email: { subject: "s", html, ...more },
});

function html(source: string, partials: Record<string, PartialBody>, data: Record<string, unknown> = {}) {
  return engine.compile(mail(source), "email", library({ partials })).render(facts(data)).html;
}

const details = (source: string, partials: Record<string, PartialBody>) =>
  engine.templateFaults(mail(source), library({ partials })).map((fault) => fault.detail);

describe("a partial", () => {
  it("takes parameters, sees what is around it, and escapes for itself", () => {
    const partials = {
      button: { html: '<a href="{{url}}">{{label}}{{data.n}}</a>' },
      row: { html: "<td>{{name}}</td>" },
    };
    const url = "https://x.example/?a=1&b=<2>";
    expect(html('{{> button url=data.url label="Pay"}}', partials, { url, n: "<" })).toBe(
      '<a href="https://x.example/?a&#x3D;1&amp;b&#x3D;&lt;2&gt;">Pay&lt;</a>',
    );
    expect(html("{{#each data.l}}{{> row}}{{/each}}", partials, { l: [{ name: 1 }, { name: 2 }] })).toBe(
      "<td>1</td><td>2</td>",
    );
    expect(html("{{> row data.one}}", partials, { one: { name: "x" } })).toBe("<td>x</td>");
  });

  it("gives html to html and text to text, through others too", () => {
    const partials = {
      a: { html: "<b>{{> b}}</b>", text: "*{{> b}}*" },
      b: { html: "<i>{{data.v}}</i>", text: "_{{data.v}}_" },
    };
    const compiled = engine.compile(mail("{{> a}}", { text: "{{> a}}" }), "email", library({ partials }));
    expect(compiled.render(facts({ v: "&" }))).toEqual({ subject: "s", html: "<b><i>&amp;</i></b>", text: "*_&_*" });
  });

  it("that is not there, has no html, or takes itself in, is told where it is taken in", () => {
    expect(details("x\n{{> none}}", {})).toEqual(["email.html line 2: there is no partial none"]);
    expect(details("{{> a}}", { a: { text: "t" } })).toEqual(["email.html line 1: the partial a has no html"]);
    expect(details("{{> a}}", { a: { html: "{{> b}}" }, b: { html: "\n{{> a}}" } })).toEqual([
      "partial b html line 2: the partial a takes itself in",
    ]);
    expect(details("{{> content}}", {})).toEqual(["email.html line 1: 'content' stands in a layout only"]);
    const own = engine.partialFaults("a", { html: "{{> b}}" }, library({ partials: { b: { html: "{{> a}}" } } }));
    expect(own.map((fault) => fault.detail)).toEqual(["partial b html line 1: the partial a takes itself in"]);
    expect(details("{{#if data}}{{> (lookup data 'p')}}{{/if}}", {})).toHaveLength(1);
  });

  it("stands in neither a header nor JSON", () => {
    const partials = { a: { text: "t", html: "h" } };
    const template = templateBodySchema.parse({
      email: { subject: "{{> a}}", text: "x" },
      webhook: { body: '"{{> a}}"' },
    });
    expect(engine.templateFaults(template, library({ partials })).map((fault) => fault.field)).toEqual([
      "email.subject",
      "webhook.body",
    ]);
  });

  it("is bounded in depth and in number", () => {
    const deep = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`p${index}`, { html: `{{> p${index + 1}}}` }]),
    );
    expect(details("{{> p0}}", deep)).toEqual(["partial p9 html line 1: partials take each other in too deep"]);
    // 8 partials that take the next one in 8 times each would be 16 million.
    const wide = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [
        `p${index}`,
        { html: index === 8 ? "x" : `{{> p${index + 1}}}`.repeat(8) },
      ]),
    );
    expect(() => html("{{> p0}}", wide)).toThrow("loops too often");
  });
});

describe("a layout", () => {
  const base: LayoutBody = {
    email: {
      html: "<html><body class='a>b'><h1>{{tenant.name}}</h1>{{> content}}</body></html>",
      text: "{{> content}}\n-- {{tenant.name}}",
    },
    locales: { de: { email: { html: "<body>de {{> content}}</body>" } } },
  };
  const template: TemplateBody = {
    ...mail("<p>{{data.v}}</p>", { text: "{{data.v}}", preheader: "soon {{data.v}}" }),
    layout: "base",
  };
  const compiled = engine.compile(template, "email", library({ layouts: { base } }));

  it("stands around html and text, escaped once, with the preheader hidden at the begin of the body", () => {
    const hidden =
      '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all" aria-hidden="true">soon &lt;</div>';
    expect(compiled.render(facts({ v: "<" }))).toEqual({
      subject: "s",
      html: `<html><body class='a>b'>${hidden}<h1>Acme</h1><p>&lt;</p></body></html>`,
      text: "<\n-- Acme",
    });
    expect(compiled.usesParts).toBe(true);
  });

  it("has locales of its own", () => {
    expect(compiled.render(facts({ v: "x" }, "de-AT"))).toMatchObject({
      html: expect.stringMatching(/^<body><div .*<\/div>de <p>x<\/p><\/body>$/),
      text: "x\n-- Acme",
      locale: "de",
    });
  });

  it("has a place for the content, and is there", () => {
    expect(
      engine.layoutFaults({ email: { html: "<p>", text: "{{> content}}" } }, library({})).map(({ detail }) => detail),
    ).toEqual(["email.html: has no {{> content}}"]);
    expect(engine.layoutFaults({ email: { html: "{{> content}}\n{{#if x}}" } }, library({}))).toMatchObject([
      { field: "email.html", line: 2 },
    ]);
    expect(engine.layoutFaults(base, library({}))).toEqual([]);
    expect(engine.templateFaults(template, library({}))).toMatchObject([{ field: "layout" }]);
  });
});

describe("locales", () => {
  const template = templateBodySchema.parse({
    email: { subject: "Hello", text: "text {{locale}}" },
    sms: { text: "s" },
    locales: {
      de: { email: { subject: "Hallo", text: "Text {{locale}}" } },
      "de-at": { email: { subject: "Servus" } },
    },
  });
  const compiled = engine.compile(template, "email", library({}));

  it.each([
    ["de-AT", { subject: "Servus", text: "Text de-at", locale: "de-at" }],
    ["de-AT-1996", { subject: "Servus", text: "Text de-at", locale: "de-at" }],
    ["de-CH", { subject: "Hallo", text: "Text de", locale: "de" }],
    ["DE", { subject: "Hallo", text: "Text de", locale: "de" }],
    ["den", { subject: "Hello", text: "text " }],
    ["fr", { subject: "Hello", text: "text " }],
    [undefined, { subject: "Hello", text: "text " }],
  ])("for %s fall back field by field", (locale, expected) => {
    expect(compiled.render(facts({}, locale))).toEqual(expected);
  });

  it("are all checked, and a fault names the locale's field", () => {
    const broken = { ...template, locales: { de: { email: { text: "\n{{/if}}" } } } };
    expect(engine.templateFaults(broken, library({}))).toMatchObject([{ field: "locales.de.email.text", line: 2 }]);
  });

  it("lie over what is there only", () => {
    const parsed = templateBodySchema.safeParse({ sms: { text: "s" }, locales: { de: { push: { text: "p" } } } });
    expect(parsed.error?.issues.map(({ path }) => path.join("."))).toEqual(["locales.de.push"]);
  });
});

describe("an in-app message", () => {
  const template = templateBodySchema.parse({
    in_app: {
      title: "T",
      text: "x",
      url: "{{data.url}}",
      imageUrl: "https://img.example/{{data.n}}.png",
      actions: [
        { key: "open", label: "Open {{data.n}}", url: "shop://orders/{{data.n}}" },
        { key: "no", label: "No" },
      ],
      data: { order: "{{data.n}}" },
    },
    locales: { de: { in_app: { actions: [{ key: "open", label: "Öffnen" }] } } },
  });
  const compiled = engine.compile(template, "in_app", library({}));

  it("has links, buttons and values", () => {
    expect(compiled.render(facts({ url: "https://x.example/1", n: 7 }))).toEqual({
      subject: "T",
      text: "x",
      inApp: {
        url: "https://x.example/1",
        imageUrl: "https://img.example/7.png",
        actions: [
          { key: "open", label: "Open 7", url: "shop://orders/7" },
          { key: "no", label: "No" },
        ],
        data: { order: "7" },
      },
    });
    expect(compiled.render(facts({ url: "/a" }, "de")).inApp?.actions).toEqual([{ key: "open", label: "Öffnen" }]);
  });

  it.each([
    "javascript:alert(1)",
    " java\tscript:alert(1)",
    "JaVaScRiPt:x",
    "data:text/html,x",
    "vbscript:x",
    ":x",
    "shop://x",
  ])("leaves out a link to %j", (url) => {
    if (/[\t]/.test(url)) expect(() => compiled.render(facts({ url }))).toThrow("control characters");
    else expect(compiled.render(facts({ url })).inApp).not.toHaveProperty("url");
  });

  it("cannot be written to lead to code", () => {
    const broken = templateBodySchema.parse({ in_app: { text: "x", url: "javascript:f({{data.n}})" } });
    expect(engine.templateFaults(broken, library({}))).toMatchObject([{ field: "in_app.url", line: 1 }]);
  });
});
