import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TemplateFault } from "../domain/template-fault.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import { HandlebarsEngine } from "./handlebars.ts";

const engine = new HandlebarsEngine();
const nothing = { layout: () => undefined, partial: () => undefined };
const facts = (data: Record<string, unknown>): TemplateFacts => ({
  data,
  recipient: { id: "u", attributes: {} },
  message: { id: "m" },
  tenant: undefined,
});
const compiled = (html: string) => engine.compile({ email: { subject: "s", html } }, "email", nothing);
const render = (html: string, data: Record<string, unknown>) => compiled(html).render(facts(data)).html ?? "";

function refusal(html: string): string {
  try {
    compiled(html);
  } catch (error) {
    if (error instanceof TemplateFault) return error.detail;
    throw error;
  }
  return "accepted";
}

describe("a value in HTML", () => {
  it.each([
    ["<p title={{v}}>", "email.html line 1: a value in an attribute needs quotes around it"],
    ["<p title=a{{v}}>", "email.html line 1: a value in an attribute needs quotes around it"],
    ["<p\n\n{{v}}>", "email.html line 3: a value may not stand in a tag, but for the quoted values of its attributes"],
    ["<p {{v}}='x'>", "email.html line 1: a value may not stand in a tag, but for the quoted values of its attributes"],
    ["<{{v}}>", "email.html line 1: a value may not stand in a tag, but for the quoted values of its attributes"],
    ["</{{v}}>", "email.html line 1: a value may not stand in a tag, but for the quoted values of its attributes"],
    ["<script>\nx = '{{v}}'</script>", "email.html line 2: a value may not stand in <script>"],
    ["<style>a{color:{{v}} }</style>", "email.html line 1: a value may not stand in <style>"],
    ["<SCRIPT src='a'>{{v}}</SCRIPT>", "email.html line 1: a value may not stand in <script>"],
    ["<script></scriptx>{{v}}</script>", "email.html line 1: a value may not stand in <script>"],
    ["<a onclick='f(\"{{v}}\")'>x</a>", 'email.html line 1: a value may not stand in onclick="…"'],
    ["<!-- {{v}} -->", "email.html line 1: a value may not stand in a comment"],
    ["<!doctype {{v}}>", "email.html line 1: a value may not stand in a comment"],
    ["<a href='javascript:f({{v}})'>", "email.html line 1: a value may not stand in a URL that runs code"],
    ["<a href=' java&#115;cript:f({{v}})'>", "accepted"],
    ["<a href='{{v}}script:f()'>{{v}}</a>", "accepted"],
    ["<a href='{{v}}:{{w}}'>x</a>", "email.html line 1: a value may not stand in a URL that runs code"],
    ["<a href='{{#each v}}{{this}}{{/each}}'>x</a>", "email.html line 1: a URL may not begin in a loop"],
    ["<img srcset='{{v}}'>", 'email.html line 1: a value may not stand in srcset="…"'],
    ["<iframe srcdoc='{{v}}'></iframe>", 'email.html line 1: a value may not stand in srcdoc="…"'],
    ["<meta http-equiv='refresh' content='0;url={{v}}'>", 'email.html line 1: a value may not stand in content="…"'],
    [
      "<svg><animate attributeName='href' values='{{v}}'/></svg>",
      'email.html line 1: a value may not stand in values="…"',
    ],
    [
      "<p>{{{v}}}</p>",
      "email.html line 1: {{{ }}} would put a value in as HTML; write {{ }}, or a partial for what is HTML",
    ],
    [
      "<p>{{&v}}</p>",
      "email.html line 1: {{{ }}} would put a value in as HTML; write {{ }}, or a partial for what is HTML",
    ],
    ["{{#if v}}<p{{/if}}>{{v}}", "email.html line 1: a block must begin and end in one place of the HTML"],
    ["<p title='{{#if v}}'{{/if}}>", "email.html line 1: a block must begin and end in one place of the HTML"],
    ["<p>\n<a title='", "email.html line 2: ends inside of <a>"],
    ["<p>a\n<!-- b", "email.html line 2: ends inside of a comment"],
  ])("is refused, or not: %s", (html, expected) => {
    expect(refusal(html)).toBe(expected);
  });

  it.each([
    '<p class="a {{#if v}}b{{else}}{{v}}{{/if}}">{{v}}</p>',
    '<option {{#if v}}selected{{/if}} value="{{v}}">{{v}}</option>',
    '<p{{#if v}} title="{{v}}"{{/if}}>x</p>',
    "<table>{{#each l}}<tr><td style='color:{{this}}'>{{this}}</td></tr>{{/each}}</table>",
    '<!--[if mso]><v:rect href="{{v}}"><![endif]--><b>{{v}}</b><!--[if mso]></v:rect><![endif]-->',
    "<!--[if !mso]><!--><p>{{v}}</p><!--<![endif]-->",
    "<title>{{v}}</title><textarea>{{v}}</textarea><style>{{#if v}}a{}{{/if}}</style>{{v}}",
    "a < b {{v}} > <br/>{{v}}<p title='>'>{{v}}</p>",
    "<?xml version='1'?><!DOCTYPE html><a href=\"{{#if v}}https://x.example/{{else}}/y/{{/if}}{{v}}\">{{v}}</a>",
  ])("is taken in %s", (html) => {
    expect(refusal(html)).toBe("accepted");
  });

  it.each([
    ["javascript:alert(1)", "#"],
    ["JaVaScRiPt:alert(1)", "#"],
    [" \u0001javascript:alert(1)", "#"],
    ["java\tscript:alert(1)", "#"],
    ["java\r\nscript:alert(1)", "#"],
    ["javascript\n:alert(1)", "#"],
    ["\u0000javascript:alert(1)", "#"],
    ["vbscript:x", "#"],
    ["data:text/html,<script>", "#"],
    [":x", "#"],
    ["javascript&#58;alert(1)", "javascript&amp;#58;alert(1)"],
    ["javascript&colon;alert(1)", "javascript&amp;colon;alert(1)"],
    ["https://x.example/a?b", "https://x.example/a?b"],
    ["HTTP://x.example", "HTTP://x.example"],
    ["mailto:a@x.example", "mailto:a@x.example"],
    ["tel:+431", "tel:+431"],
    ["/a:b", "/a:b"],
    ["?a:b", "?a:b"],
    ["//x.example", "//x.example"],
    ["cid:logo", "#"],
  ])("that is a link, %j, leads to %s", (url, expected) => {
    expect(render('<a href="{{data.url}}">', { url })).toBe(`<a href="${expected}">`);
  });

  it("may be an inline image where it is one, and cannot complete a scheme", () => {
    expect(render("<img src='{{data.v}}'>", { v: "cid:logo" })).toBe("<img src='cid:logo'>");
    expect(render("<a href='java{{data.v}}'>", { v: "script:x" })).toBe("<a href='java#'>");
    expect(render("<a href='{{data.a}}{{data.b}}'>", { a: "javascript", b: ":x" })).toBe("<a href='javascript#'>");
    expect(render("<a href='https://x.example/{{data.v}}'>", { v: "a:b" })).toBe("<a href='https://x.example/a:b'>");
    expect(render("<a href='https:{{data.v}}'>", { v: "//x" })).toBe("<a href='https://x'>");
  });

  it("that is a style can be a colour, a size or a font, and nothing else", () => {
    const style = (v: string) => render('<p style="color:{{data.v}}">', { v });
    for (const v of ["#1f6feb", "red", "12px", "rgb(1, 2, 3)", "rgba(1,2,3,.5)", "50%", "Arial, sans-serif"])
      expect(style(v)).toBe(`<p style="color:${v}">`);
    for (const v of [
      "url(https://x)",
      "red;background:url(x)",
      "expression(1)",
      "a}b",
      "\\75rl(x)",
      "/*",
      "rgb(url(x))",
    ])
      expect(style(v)).toBe('<p style="color:">');
  });
});

/** What stands between the values. */
const pieces = [
  (n: number) => `<p>{{data.v${n}}}</p>`,
  (n: number) => `<p title="{{data.v${n}}}" class='{{data.v${n}}}'>x</p>`,
  (n: number) => `<a href="{{data.v${n}}}">x</a>`,
  (n: number) => `<a href='https://x.example/{{data.v${n}}}?a={{data.v${n}}}'>x</a>`,
  (n: number) => `<a href="{{data.v${n}}}{{data.v${n}}}">x</a>`,
  (n: number) => `<img src='{{data.v${n}}}' alt="{{data.v${n}}}">`,
  (n: number) => `<p style="color:{{data.v${n}}}">x</p>`,
  (n: number) => `{{#if data.v${n}}}<b>{{data.v${n}}}</b>{{/if}}`,
  () => `{{#each data.l}}<li>{{this}}</li>{{/each}}`,
  (n: number) => `<title>{{data.v${n}}}</title>`,
];

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc
    .array(
      fc.constantFrom(
        "<",
        ">",
        '"',
        "'",
        "`",
        "=",
        " ",
        "/",
        "&",
        ";",
        "--",
        "!",
        "javascript",
        ":",
        "java",
        "script",
        "\t",
        "\n",
        "&#58;",
        "&colon;",
        "onload",
        "</title>",
        "<script>",
        "<!--",
        "-->",
        "data",
        "x",
        "{{data.v0}}",
        "\\",
        "url(",
        ")",
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
);

interface Shape {
  tags: string[];
  schemes: string[];
}

/** Tags with their attributes' names, and the schemes of all links, as a browser reads them. */
function shapeOf(html: string): Shape {
  const shape: Shape = { tags: [], schemes: [] };
  for (const [, slash = "", name = "", attributes = ""] of html.matchAll(
    /<(\/?)([a-zA-Z!][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/g,
  )) {
    const names: string[] = [];
    for (const [, key = "", double, single] of attributes.matchAll(/([^\s=/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g)) {
      names.push(key.toLowerCase());
      if (key !== "href" && key !== "src") continue;
      const url = decode(double ?? single ?? "")
        .replace(/[\t\r\n]/g, "")
        .replace(/^[\u0000- ]+/, "");
      const [, scheme] = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url) ?? [];
      if (scheme !== undefined) shape.schemes.push(scheme.toLowerCase());
    }
    shape.tags.push(`${slash}${name.toLowerCase()} ${names.join(" ")}`);
  }
  return shape;
}

function decode(text: string): string {
  return text
    .replace(/&#x([\da-f]+);/gi, (_whole, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&(amp|lt|gt|quot);/g, (_whole, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name] ?? "");
}

describe("no value", () => {
  it("makes a tag, an attribute or a scheme that was not in the template", () => {
    const schemes = new Set(["http", "https", "mailto", "tel", "cid"]);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 5 }),
        fc.array(hostile, { minLength: 5, maxLength: 5 }),
        (chosen, values) => {
          const template = compiled(chosen.map((piece, n) => piece(n)).join("\n"));
          const data = (of: (n: number) => string) => ({
            ...Object.fromEntries(values.map((_value, n) => [`v${n}`, of(n)])),
            l: values.map((_value, n) => of(n)),
          });
          const clean = (n: number) => (values[n] ?? "").replaceAll("\0", "");
          const harmless = shapeOf(template.render(facts(data((n) => (clean(n) === "" ? "" : "x")))).html ?? "");
          const html = template.render(facts(data(clean))).html ?? "";
          const shape = shapeOf(html);
          expect(shape.tags).toEqual(harmless.tags);
          expect(shape.schemes.filter((scheme) => !schemes.has(scheme))).toEqual([]);
          expect(html).not.toMatch(/<script|<!--/i);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
