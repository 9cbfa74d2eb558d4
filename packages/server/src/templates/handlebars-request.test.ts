import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TemplateFault } from "../domain/template-fault.ts";
import { HandlebarsRequests } from "./handlebars-request.ts";

const requests = new HandlebarsRequests({ outputLengthMax: 10_000, passesMax: 100 });
const facts = (data: Record<string, unknown>) => ({
  data,
  recipient: { id: "u 1", attributes: {} },
  steps: { first: { status: 200, body: { token: "t/1" } } },
  tenant: undefined,
});
const base = "https://shop.example";
const post = (data: Record<string, unknown>, over: { url?: string; headers?: Record<string, string>; body?: string }) =>
  requests.compile({ method: "POST", url: `${base}/`, ...over })(facts(data));

function fieldOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof TemplateFault) return error.field;
    throw error;
  }
  return "no fault";
}

describe("a request", () => {
  it("reads data, recipient and the results of earlier steps", () => {
    const request = post(
      { order: 7 },
      {
        url: `${base}/orders/{{data.order}}/{{recipient.id}}?token={{steps.first.body.token}}`,
        headers: { "X-Order": "no. {{data.order}}" },
        body: '{"order": {{data.order}}, "who": "{{recipient.id}}"}',
      },
    );
    expect(request).toEqual({
      url: `${base}/orders/7/u%201?token=t%2F1`,
      headers: { "content-type": "application/json", "x-order": "no. 7" },
      body: '{"order": 7, "who": "u 1"}',
    });
  });

  it("keeps every value in its place of the URL, whatever it is", () => {
    const compiled = requests.compile({ method: "POST", url: `${base}/a/{{data.name}}/z?q={{{data.query}}}&r=1` });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (name, query) => {
        fc.pre(!/^\.{1,2}$/.test(name));
        const { url } = compiled(facts({ name, query }));
        const parsed = new URL(url);
        expect(parsed.origin).toBe(base);
        expect(parsed.pathname.split("/").map(decodeURIComponent)).toEqual(["", "a", name, "z"]);
        expect([...parsed.searchParams]).toEqual([
          ["q", query],
          ["r", "1"],
        ]);
      }),
    );
  });

  it.each([".", "..", "%2e%2e", "%2E."])("refuses the segment %s, which would lead out of the path", (name) => {
    const source = name.startsWith("%") ? `${base}/a/${name}/{{data.x}}` : `${base}/a/{{data.name}}/x`;
    expect(fieldOf(() => post({ name }, { url: source }))).toBe("url");
  });

  it("keeps every value in its place of the JSON body", () => {
    const source = '{"a": "{{data.value}}", "b": "{{{data.value}}}"}';
    const compiled = requests.compile({ method: "POST", url: `${base}/`, body: source });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const { body } = compiled(facts({ value }));
        expect(JSON.parse(body ?? "")).toEqual({ a: value, b: value });
      }),
    );
  });

  it.each(["a\r\nx-forged: 1", "a\nb", "a\u0000", "\u2028", "€"])("refuses %j in a header", (value) => {
    expect(fieldOf(() => post({ value }, { headers: { "x-a": "{{data.value}}" } }))).toBe("headers.x-a");
  });

  it("refuses a body that is no JSON, and what becomes too long or loops too often", () => {
    expect(fieldOf(() => post({}, { body: '{"a": {{data.missing}}}' }))).toBe("body");
    expect(fieldOf(() => post({ x: "x".repeat(10_001) }, { headers: { a: "{{data.x}}" } }))).toBe("headers.a");
    const many = Array.from({ length: 101 }, () => 1);
    expect(fieldOf(() => post({ many }, { headers: { a: "{{#each data.many}}1{{/each}}" } }))).toBe("headers.a");
  });

  it("tells the field and line of a broken source, and leads to nothing but data", () => {
    expect(fieldOf(() => requests.compile({ method: "GET", url: `${base}/{{#if}}` }))).toBe("url");
    expect(fieldOf(() => requests.compile({ method: "GET", url: `${base}/{{data.constructor}}` }))).toBe("url");
    expect(fieldOf(() => requests.compile({ method: "GET", url: `${base}/{{> partial}}` }))).toBe("url");
    expect(post({ url: "/x", json: "y" }, { url: `${base}/{{data.url}}{{url}}`, body: '"{{json}}"' })).toMatchObject({
      url: `${base}/%2Fx`,
      body: '""',
    });
  });
});
