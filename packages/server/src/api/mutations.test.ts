import { problemSchema } from "@tidings/contract/errors";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiBench, apiBench } from "./bench.conformance.ts";
import { validRecipients, validWorkflow } from "./valid-bodies.conformance.ts";

const mutations = Number(process.env["TIDINGS_TEST_MUTATIONS"] ?? 2000);

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
});
afterAll(() => bench.close());

/** A valid body of every route that takes one. */
const valid: readonly { method: "POST" | "PUT"; path: string; body: unknown }[] = [
  {
    method: "POST",
    path: "/v1/events",
    body: {
      name: "order.shipped",
      recipients: validRecipients,
      data: { total: 7, items: [{ sku: "x" }] },
      tenant: "acme",
      scheduledAt: "2040-01-01T00:00:00Z",
      expiresAt: "2040-01-02T00:00:00+02:00",
      cancellationKey: "c",
    },
  },
  {
    method: "POST",
    path: "/v1/events/batch",
    body: {
      events: [
        { name: "n", recipients: ["u"], idempotencyKey: "k" },
        { name: "m", recipients: ["v"] },
      ],
    },
  },
  { method: "POST", path: "/v1/events/cancel", body: { cancellationKey: "c" } },
  {
    method: "POST",
    path: "/v1/messages",
    body: {
      channel: "email",
      to: { id: "u", email: "a@x.org" },
      category: "c",
      content: { subject: "s", text: "t", html: "h" },
    },
  },
  {
    method: "PUT",
    path: "/v1/recipients/u1",
    body: { email: "a@x.org", webhook: ["https://x.org/h"], locale: "de-AT", personal: { a: 1 } },
  },
  { method: "PUT", path: "/v1/workflows/w", body: validWorkflow },
  {
    method: "PUT",
    path: "/v1/templates/t",
    body: {
      email: { subject: "s", text: "t", html: "h", preheader: "p" },
      webhook: {},
      sms: { text: "t" },
      in_app: { text: "t", url: "/u", actions: [{ key: "k", label: "l", url: "/v" }], data: { a: "b" } },
      locales: { de: { email: { subject: "d" }, in_app: { title: "t" } } },
    },
  },
  {
    method: "PUT",
    path: "/v1/layouts/l",
    body: {
      email: { html: "{{> content}}", text: "{{> content}}" },
      locales: { "de-AT": { email: { html: "{{> content}}" } } },
    },
  },
  { method: "PUT", path: "/v1/partials/p", body: { html: "{{#if a}}b{{/if}}", text: "c" } },
  { method: "PUT", path: "/v1/tenants/acme", body: { name: "n", branding: { colour: "#fff", wide: true, size: 1 } } },
  {
    method: "PUT",
    path: "/v1/categories/c",
    body: { class: "marketing", name: "n", retry: { delaysSeconds: [1, 2] } },
  },
  {
    method: "PUT",
    path: "/v1/integrations/i",
    body: {
      channel: "email",
      provider: "test",
      settings: { url: "u" },
      secrets: { password: "1234" },
      limits: { maxInFlight: 5 },
    },
  },
  { method: "POST", path: "/v1/dead-letters/replay", body: { reason: "r", channel: "sms", limit: 5 } },
  { method: "POST", path: "/v1/api-keys", body: { name: "k", environment: "development" } },
];

const oddText = fc.oneof(
  fc.constantFrom(
    "",
    "\u0000",
    "a\r\nb",
    "\ud800",
    "__proto__",
    "constructor",
    "x".repeat(300),
    "-1",
    "NaN",
    "2001-02-30T00:00:00Z",
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const odd: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.constantFrom(null, true, 0, -1, 1.5, 1e308, 2 ** 53, [], {}, [[]], { a: null }),
  fc.jsonValue({ maxDepth: 3 }),
);
type Change = { kind: "replace" | "remove" | "add" | "rename" | "double"; place: number; text: string; value: unknown };
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("replace", "remove", "add", "rename", "double"),
  place: fc.nat(),
  text: oddText,
  value: odd,
});
/** Cuts or garbles the text itself, now and then. */
const garble = fc.option(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { freq: 6 });

interface Place {
  parent: object;
  name: string;
}

function places(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((name) => [{ parent: value, name }, ...places(Reflect.get(value, name))]);
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function mutate(body: unknown, { kind, place, text, value }: Change): void {
  const all = places(body);
  const chosen = all[place % Math.max(1, all.length)];
  if (chosen === undefined) return;
  const { parent, name } = chosen;
  const now: unknown = Reflect.get(parent, name);
  // A value that fast-check gives may be there twice, and would then hold itself.
  if (kind === "replace") define(parent, name, structuredClone(value));
  else if (kind === "add" && !Array.isArray(parent)) define(parent, text, structuredClone(value));
  else if (kind === "double" && Array.isArray(parent)) parent.push(structuredClone(now));
  else if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else {
    Reflect.deleteProperty(parent, name);
    if (kind === "rename") define(parent, text, now);
  }
}

test("no mutation of a valid body makes a fault of the server, and every refusal names paths", {
  timeout: 20_000 + mutations * 20,
}, async () => {
  let refused = 0;
  let accepted = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(...valid),
    fc.array(change, { minLength: 1, maxLength: 3 }),
    garble,
    async ({ method, path, body }, changes, garbled) => {
      const copy: unknown = structuredClone(body);
      for (const one of changes) mutate(copy, one);
      const raw = Buffer.from(JSON.stringify(copy) ?? "");
      if (garbled !== null && raw.length > 0) raw[garbled.at % raw.length] = garbled.byte;
      const answer = await bench.call(path, { method, raw });
      expect(answer.status, `${answer.text} ${raw.toString()}`).toBeLessThan(500);
      if (answer.status < 400) {
        accepted += 1;
        return;
      }
      refused += 1;
      const problem = problemSchema.parse(answer.json);
      if (problem.code !== "validation_failed") return;
      expect(problem.errors, answer.text).not.toHaveLength(0);
      for (const fault of problem.errors ?? []) expect(fault.message, answer.text).not.toBe("Invalid input");
    },
  );
  await fc.assert(property, { numRuns: mutations });
  expect(bench.logged).toEqual([]);
  // Both must have been met, or the mutations are too wild, or too tame.
  expect(Math.min(refused, accepted)).toBeGreaterThan(mutations / 50);
});
