import { layoutBodySchema } from "@tidings/contract/layouts";
import { policyBodySchema } from "@tidings/contract/policies";
import { templateBodySchema } from "@tidings/contract/templates";
import { expect, test } from "vitest";
import { someDelivery, someOrigin } from "../../domain/delivery.conformance.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { HandlebarsEngine } from "../../templates/handlebars.ts";
import { Renderer } from "./renderer.ts";
import type { Tracking } from "./tracking.ts";

const versioned = <Document>(document: Document) => ({ environmentId: 1, key: "k", version: 1, document });

/** One template in one environment, whose layout and tenants change as a test wants. */
function bench(template: object, tracking: Pick<Tracking, "into"> = { into: (_delivery, content) => content }) {
  const state = {
    layout: "one {{> content}}",
    revision: 1,
    tenants: new Map<string, string>(),
    policy: undefined as object | undefined,
  };
  const tenant = (key: string) => ({
    key,
    name: state.tenants.get(key),
    branding: {},
    legalTexts: [{ classes: ["marketing" as const], channels: ["email" as const], text: `From ${key}` }],
  });
  const renderer = new Renderer(
    {
      configuration: {
        templateVersion: async () => versioned(templateBodySchema.parse(template)),
        layout: () => versioned(layoutBodySchema.parse({ email: { html: state.layout } })),
        partial: () => undefined,
        partsRevision: () => state.revision,
        policy: () => (state.policy === undefined ? undefined : versioned(policyBodySchema.parse(state.policy))),
      },
      templates: new HandlebarsEngine(),
      tenants: {
        peek: (_environmentId, key) => (state.tenants.has(key) ? tenant(key) : undefined),
        load: async (_environmentId, key) => tenant(key),
      },
      optOutLinks: {
        areSecure: true,
        of: ({ id }) => ({ unsubscribeUrl: `https://x/u/${id}`, preferencesUrl: `https://x/p/${id}` }),
        confirmUrlOf: ({ id }) => `https://x/c/${id}`,
      },
      tracking,
    },
    10,
  );
  return { state, renderer };
}

const delivery = (tenant = ""): Delivery => someDelivery("m", someOrigin({ tenant }));

test("a layout that changed is in force for the next message", async () => {
  const { state, renderer } = bench({ layout: "l", email: { subject: "s", html: "x" } });
  expect(renderer.renderNow(delivery())).toBeUndefined();
  expect((await renderer.render(delivery())).html).toBe("one x");
  expect(renderer.renderNow(delivery())?.html).toBe("one x");
  state.layout = "two {{> content}}";
  state.revision = 2;
  expect(renderer.renderNow(delivery())?.html).toBe("two x");
});

test("a tenant in memory is rendered at once, and one that is not is waited for", async () => {
  const { state, renderer } = bench({
    sms: { text: "x" },
    email: { subject: "{{tenant.key}} {{tenant.name}}", text: "t" },
  });
  expect((await renderer.render(delivery())).subject).toBe(" ");
  expect(renderer.renderNow(delivery("acme"))).toBeUndefined();
  const waiting = renderer.render(delivery("acme"));
  expect(waiting).toBeInstanceOf(Promise);
  expect((await waiting).subject).toBe("acme ");
  state.tenants.set("acme", "Acme");
  expect(renderer.renderNow(delivery("acme"))?.subject).toBe("acme Acme");
});

test("a message of no tenant asks for none", async () => {
  const { renderer } = bench({ email: { subject: "s", text: "t" } });
  await renderer.render(delivery());
  expect(renderer.renderNow(delivery())).toEqual({ subject: "s", text: "t" });
});

test("a direct mail of HTML alone gets a text made from it", async () => {
  const { renderer } = bench({ email: { subject: "s", text: "t" } });
  const content = { subject: "s", html: '<p>Hello <a href="https://shop.example/1">shop</a></p>' };
  const direct = { ...delivery(), content };
  expect(await renderer.render(direct)).toEqual({ ...content, text: "Hello shop (https://shop.example/1)" });
});

test("a template has the links by which its recipient says no", async () => {
  const { renderer } = bench({ email: { subject: "s", text: "{{unsubscribeUrl}} {{preferencesUrl}}" } });
  expect((await renderer.render(delivery())).text).toBe("https://x/u/m https://x/p/m");
});

test("a legal text stands below what a template made and what was given ready, the tenant's before the environment's", async () => {
  const { state, renderer } = bench({ email: { subject: "s", text: "t" } });
  state.policy = { legalTexts: [{ classes: ["marketing"], channels: ["email"], text: "From us" }] };
  const link = "Unsubscribe: https://x/u/m";
  const marketing = (over: Partial<Delivery["origin"]> = {}, content?: Delivery["content"]): Delivery => ({
    ...someDelivery("m", someOrigin({ lane: "marketing", ...over })),
    content,
  });
  expect((await renderer.render(marketing())).text).toBe(`t\n\nFrom us\n\n${link}`);
  expect((await renderer.render(marketing({ tenant: "acme" }))).text).toBe(`t\n\nFrom acme\n\n${link}`);
  expect((await renderer.render(marketing({}, { subject: "s", text: "d" }))).text).toBe(`d\n\nFrom us\n\n${link}`);
  const direct = marketing({ tenant: "acme" }, { subject: "s", text: "d" });
  expect(renderer.renderNow(direct)).toBeUndefined();
  expect((await renderer.render(direct)).text).toBe(`d\n\nFrom acme\n\n${link}`);
  state.policy = { unsubscribeLine: false };
  expect(renderer.renderNow(marketing())?.text).toBe("t");
});

test("a template at a vendor is given the links by which its recipient says no", async () => {
  const { renderer } = bench({ email: { subject: "s", text: "t", stored: { sendgrid: "d-1" } } });
  const { stored } = await renderer.render(delivery());
  expect(stored?.data).toMatchObject({ unsubscribeUrl: "https://x/u/m", preferencesUrl: "https://x/p/m" });
});

test("what is tracked is the whole mail, with what the law asks for below it", async () => {
  const seen: unknown[] = [];
  const into: Tracking["into"] = (of, content) => {
    seen.push([of.id, content]);
    return { ...content, subject: "tracked" };
  };
  const { renderer } = bench({ email: { subject: "s", text: "t" } }, { into });
  const marketing = someDelivery("m", someOrigin({ lane: "marketing" }));
  const whole = { subject: "s", text: "t\n\nUnsubscribe: https://x/u/m" };
  expect(await renderer.render(marketing)).toEqual({ ...whole, subject: "tracked" });
  expect(renderer.renderNow(marketing)).toEqual({ ...whole, subject: "tracked" });
  expect(seen).toEqual([
    ["m", whole],
    ["m", whole],
  ]);
});
