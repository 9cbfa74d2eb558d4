import type { TemplateBody } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TemplateFault } from "../domain/template-fault.ts";
import type { TemplateFacts } from "../ports/template-engine.ts";
import { HandlebarsEngine } from "./handlebars.ts";

const handlebars = new HandlebarsEngine({ renderMs: 60_000 });
const nothing = { layout: () => undefined, partial: () => undefined };
const engine = {
  compile: (template: TemplateBody, channel: Channel) => {
    const compiled = handlebars.compile(template, channel, nothing);
    return (facts: TemplateFacts) => compiled.render(facts);
  },
};
const facts = (data: Record<string, unknown>): TemplateFacts => ({
  data,
  recipient: { id: "u1", locale: "de", attributes: { name: "Zoë" } },
  message: { id: "m1" },
  tenant: { key: "acme", name: undefined, branding: {} },
});
const text = (source: string, data: Record<string, unknown> = {}) =>
  engine.compile({ sms: { text: source } }, "sms")(facts(data)).text;
const body = (source: string, data: Record<string, unknown> = {}) =>
  engine.compile({ webhook: { body: source } }, "webhook")(facts(data)).body;

function faultOf(run: () => unknown): TemplateFault {
  try {
    run();
  } catch (error) {
    if (error instanceof TemplateFault) return error;
    throw error;
  }
  throw new Error("no fault");
}

describe("rendering", () => {
  it("makes subject, text and html of a mail, and escapes in html only", () => {
    const compiled = engine.compile(
      { email: { subject: "Hi {{data.n}}", text: "{{data.n}}", html: "<b>{{data.n}}</b>" } },
      "email",
    );
    expect(compiled(facts({ n: "<A&B>" }))).toEqual({
      subject: "Hi <A&B>",
      text: "<A&B>",
      html: "<b>&lt;A&amp;B&gt;</b>",
    });
  });

  it("reads recipient, message and tenant; what is not there is empty", () => {
    expect(text("{{recipient.attributes.name}} {{message.id}} {{tenant.key}} [{{data.none.deeper}}]")).toBe(
      "Zoë m1 acme []",
    );
  });

  it("knows if, unless, each, with, lookup and eq", () => {
    const source =
      "{{#if (eq data.a 'x')}}1{{else}}2{{/if}}{{#unless data.none}}3{{/unless}}{{#each data.l}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}{{#with data.o}}{{k}}{{../tenant.key}}{{/with}}{{lookup data.o 'k'}}";
    expect(text(source, { a: "x", l: ["a", "b"], o: { k: "v" } })).toBe("130a,1bvacmev");
    expect(text("{{#each data.l as |v k|}}{{k}}={{v}};{{else}}none{{/each}}", { l: { a: 1, b: 2 } })).toBe("a=1;b=2;");
    expect(text("{{#each data.l}}x{{else}}none{{/each}}")).toBe("none");
    expect(text("{{#data.l}}{{this}}{{/data.l}}", { l: [1, 2] })).toBe("12");
  });

  it("puts a push title into the subject", () => {
    expect(engine.compile({ push: { title: "T", text: "x" } }, "push")(facts({}))).toEqual({ subject: "T", text: "x" });
  });

  it("carries the event's data where a webhook has no body of its own", () => {
    expect(engine.compile({ webhook: {} }, "webhook")(facts({ a: [1] })).body).toBe('{"a":[1]}');
  });

  it("faults where the template has nothing for the channel", () => {
    expect(faultOf(() => engine.compile({ sms: { text: "x" } }, "email")).field).toBe("email");
  });
});

describe("faults", () => {
  it("name field and line", () => {
    const fault = faultOf(() => engine.compile({ email: { subject: "s", html: "a\nb\n{{#if x}}" } }, "email"));
    expect(fault).toMatchObject({ field: "email.html", line: 3 });
    expect(faultOf(() => text("a\n{{nope data.a}}"))).toMatchObject({ field: "sms.text", line: 2 });
    expect(faultOf(() => text("{{#if a}}\n{{/each}}"))).toMatchObject({ line: 1 });
  });

  it.each(["\r\nBcc: x@y.z", "\n", "\u0000", "\u2028"])("come where a value would forge a header: %j", (name) => {
    const compiled = engine.compile({ email: { subject: "Hi {{data.name}}", text: "x" } }, "email");
    expect(faultOf(() => compiled(facts({ name }))).field).toBe("email.subject");
  });
});

describe("the JSON of a webhook", () => {
  it("keeps its structure whatever the values are", () => {
    const source = '{"a":"{{data.v}}","b":["{{{data.v}}}","{{lookup data "v"}}"]}';
    fc.assert(
      fc.property(fc.jsonValue(), (v) => {
        const output: unknown = JSON.parse(body(source, { v }) ?? "");
        const shown = v === null ? "" : typeof v === "string" ? v : JSON.stringify(v);
        expect(output).toEqual({ a: shown, b: [shown, shown] });
      }),
      { numRuns: 300 },
    );
  });

  it("takes numbers and flags without quotes, and faults where no JSON comes out", () => {
    expect(body('{"n":{{data.n}},"f":{{data.f}} }', { n: 1.5, f: false })).toBe('{"n":1.5,"f":false }');
    expect(faultOf(() => body('{"n":{{data.n}} }', { n: '1,"admin":true' })).message).toBe("does not make JSON");
    expect(faultOf(() => body('{"n":{{data.n}} }', { n: { admin: true } })).message).toBe("does not make JSON");
  });

  it("escapes inside blocks too", () => {
    const source = '[{{#each data.l}}"{{this}}"{{#unless @last}},{{/unless}}{{/each}}]';
    expect(body(source, { l: ['a"b', "c\\d\n"] })).toBe(JSON.stringify(['a"b', "c\\d\n"]));
  });
});

describe("security", () => {
  it.each([
    "{{constructor}}",
    "{{this.constructor.name}}",
    "{{data.__proto__.x}}",
    "{{data.[__proto__]}}",
    "{{#with constructor}}x{{/with}}",
    "{{lookup data 'constructor'}}",
    "{{lookup (lookup data 'constructor') 'name'}}",
    "{{#each data.constructor.prototype}}x{{/each}}",
    "{{> part}}",
    "{{> (lookup data 'p')}}",
    "{{#> part}}x{{/part}}",
    "{{* deco}}",
    "{{#* inline 'x'}}y{{/inline}}",
    "{{log data}}",
    "{{log}}",
    "{{helperMissing}}",
    "{{blockHelperMissing data}}",
    "{{#helperMissing}}x{{/helperMissing}}",
    "{{json data}}",
    "{{data.toString 1}}",
    "{{#each data.a data.b}}x{{/each}}",
    "{{if}}",
  ])("refuses %s when it is compiled", (source) => {
    expect(faultOf(() => engine.compile({ sms: { text: source } }, "sms")).field).toBe("sms.text");
  });

  it("shows nothing of what data inherits, however the name comes", () => {
    for (const name of ["constructor", "__proto__", "toString", "valueOf", "hasOwnProperty", "__defineGetter__"]) {
      expect(text("[{{lookup data data.name}}]", { name }), name).toBe("[]");
      expect(text("[{{#with (lookup data data.name)}}{{name}}{{/with}}]", { name }), name).toBe("[]");
    }
    expect(text("[{{data.toString}}{{data.l.push}}{{data.s.length}}]", { l: [], s: "x" })).toMatch(/^\[1?\]$/);
  });

  it("takes no syntax tree in place of a source (CVE-2026-33937)", () => {
    const tree = {
      type: "Program",
      body: [
        {
          type: "MustacheStatement",
          path: { type: "NumberLiteral", value: "process.exit()", original: 1 },
          params: [],
          strip: {},
        },
      ],
    };
    const hostile: { sms: { text: string } } = JSON.parse(JSON.stringify({ sms: { text: tree } }));
    expect(faultOf(() => engine.compile(hostile, "sms")).message).toBe("must be text");
  });

  it("does not run what stands in values", () => {
    expect(text("{{data.v}}", { v: "{{constructor}}" })).toBe("{{constructor}}");
  });

  it("bounds source, nesting, loops and output", () => {
    expect(faultOf(() => text("x".repeat(500_001))).message).toBe("is too long");
    expect(faultOf(() => text("{{#if data}}".repeat(200) + "{{/if}}".repeat(200))).message).toBe("is nested too deep");
    expect(faultOf(() => text(`{{eq ${"(eq ".repeat(200)} 1 1 ${" 1)".repeat(200)} 1}}`)).field).toBe("sms.text");
    const l = Array.from({ length: 1000 }, () => "x".repeat(10));
    expect(
      faultOf(() => text("{{#each data.l}}{{#each ../data.l}}{{/each}}{{#each @root.data.l}}{{/each}}{{/each}}", { l }))
        .message,
    ).toBe("loops too often");
    expect(
      faultOf(() => text("{{#each data.l}}{{@root.data.big}}{{/each}}", { l, big: "x".repeat(400_000) })).message,
    ).toBe("becomes too long");
    expect(faultOf(() => text("{{data.big}}{{data.big}}{{data.big}}", { big: "x".repeat(400_000) })).message).toBe(
      "becomes too long",
    );
  });
});
