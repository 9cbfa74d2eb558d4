import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import { describe, expect, it } from "vitest";
import type { TemplateFacts } from "../ports/template-engine.ts";
import { HandlebarsEngine } from "./handlebars.ts";

const engine = new HandlebarsEngine({ renderMs: 60_000 });
const nothing = { layout: () => undefined, partial: () => undefined };
const parse = (body: unknown): TemplateBody => templateBodySchema.parse(body);
const facts = (data: Record<string, unknown>, more: Partial<TemplateFacts> = {}): TemplateFacts => ({
  data,
  recipient: { id: "u", attributes: {} },
  message: { id: "m" },
  tenant: undefined,
  ...more,
});
const compile = (body: unknown, channel: Channel) => engine.compile(parse(body), channel, nothing);
const faults = (body: unknown) => engine.templateFaults(parse(body), nothing).map(({ detail }) => detail);
const german = { recipient: { id: "u", locale: "de-AT", attributes: {} } };

describe("a push message", () => {
  const push = {
    title: "T",
    text: "x",
    url: "https://shop.example/{{data.n}}",
    imageUrl: "{{data.image}}",
    data: { order: "{{data.n}}" },
    badge: "{{data.unread}}",
    sound: "{{data.sound}}",
    collapseKey: "order-{{data.n}}",
  };
  const compiled = compile(
    { push, locales: { de: { push: { sound: "glocke", data: { order: "Nr {{data.n}}" } } } } },
    "push",
  );

  it("has link, image, values, badge, sound and collapse key, and those of the language", () => {
    const data = { n: 7, image: "http://img.example/7.png", unread: 3, sound: "bell" };
    expect(compiled.render(facts(data))).toEqual({
      subject: "T",
      text: "x",
      push: {
        url: "https://shop.example/7",
        imageUrl: "http://img.example/7.png",
        data: { order: "7" },
        badge: 3,
        sound: "bell",
        collapseKey: "order-7",
      },
    });
    const told = compiled.render(facts(data, german)).push;
    expect(told).toMatchObject({ sound: "glocke", data: { order: "Nr 7" }, badge: 3, collapseKey: "order-7" });
  });

  it("leaves out what its values make nothing of", () => {
    const data = { n: "", image: "javascript:alert(1)", unread: "-1", sound: "" };
    expect(compiled.render(facts(data)).push).toEqual({
      url: "https://shop.example/",
      data: { order: "" },
      collapseKey: "order-",
    });
    for (const unread of ["1.5", "x", "1e3", "12345678901", "", undefined])
      expect(compiled.render(facts({ ...data, unread })).push).not.toHaveProperty("badge");
    for (const image of ["//x.example", "/a", "shop://x", "data:x", "https://a:b@x.example", "https://x.example/a b"])
      expect(compiled.render(facts({ ...data, image })).push).not.toHaveProperty("imageUrl");
  });

  it("is as before where nothing of that is written", () => {
    expect(compile({ push: { text: "x" } }, "push").render(facts({}))).toEqual({ text: "x" });
    expect(compile({ push: { text: "x", sound: "{{data.s}}" } }, "push").render(facts({}))).toEqual({ text: "x" });
  });

  it("cannot be written to lead elsewhere than to http or https", () => {
    for (const url of ["javascript:f()", "shop://orders/{{data.n}}", "/orders/1", "nonsense"])
      expect(faults({ push: { text: "x", url } }), url).toEqual(["push.url line 1: must lead to http or https"]);
    expect(faults({ push: { text: "x", url: "/orders/{{data.n}}", imageUrl: "{{data.u}}/a.png" } })).toEqual([]);
    expect(faults({ push: { text: "x" }, locales: { de: { push: { imageUrl: "ftp://x" } } } })).toEqual([
      "locales.de.push.imageUrl line 1: must lead to http or https",
    ]);
  });

  it("is refused where a value would break its line", () => {
    expect(() => compiled.render(facts({ sound: "a\nb" }))).toThrow("control characters");
  });
});

describe("an SMS or a chat message", () => {
  it.each(["sms", "chat"] as const)("takes media along on %s, those that are addresses", (channel) => {
    const mediaUrls = ["https://img.example/{{data.n}}.png", "{{data.url}}"];
    const compiled = compile({ [channel]: { text: "x", mediaUrls } }, channel);
    expect(compiled.render(facts({ n: 1, url: "http://x.example/a.pdf" }))).toEqual({
      text: "x",
      mediaUrls: ["https://img.example/1.png", "http://x.example/a.pdf"],
    });
    expect(compiled.render(facts({ n: 1, url: "file:///etc/passwd" })).mediaUrls).toEqual([
      "https://img.example/1.png",
    ]);
    expect(compile({ [channel]: { text: "x", mediaUrls: ["{{data.no}}"] } }, channel).render(facts({}))).toEqual({
      text: "x",
    });
    expect(faults({ [channel]: { text: "x", mediaUrls: ["https://x.example", "ftp://x"] } })).toEqual([
      `${channel}.mediaUrls[1] line 1: must lead to http or https`,
    ]);
  });

  it("has a vendor's own fields, in which values cannot become fields of their own", () => {
    const compiled = compile({ chat: { text: "x", body: '{"blocks":[{"text":"{{data.v}}"}]}' } }, "chat");
    const { body = "" } = compiled.render(facts({ v: '"}],"channel":"C1","x":[{"y":"' }));
    expect(JSON.parse(body)).toEqual({ blocks: [{ text: '"}],"channel":"C1","x":[{"y":"' }] });
  });

  it("takes no other JSON than an object for them", () => {
    const compiled = compile({ chat: { text: "x", body: "{{#if data.v}}[1]{{else}}{{/if}}" } }, "chat");
    expect(() => compiled.render(facts({ v: true }))).toThrow("does not make a JSON object");
    expect(() => compiled.render(facts({}))).toThrow("does not make JSON");
  });
});

describe("a template that lies at a vendor", () => {
  const stored = { sendgrid: "d-1", mailgun: "welcome" };
  const body = {
    email: { subject: "s", text: "t", stored },
    locales: { de: { email: { stored: { sendgrid: "d-2" } } } },
  };
  const compiled = compile(body, "email");

  it("is named beside the content, and filled with what our own templates read", () => {
    const data = { order: { n: 1 } };
    const recipient = { id: "u", locale: "fr", timeZone: "Europe/Paris", attributes: { name: "Ada" } };
    const tenant = { key: "acme", name: "Acme", branding: { color: "red" }, legalTexts: [] };
    const links = { unsubscribeUrl: "https://x/u", preferencesUrl: "https://x/p" };
    expect(compiled.render(facts(data, { recipient, tenant, ...links }))).toEqual({
      subject: "s",
      text: "t",
      stored: {
        ids: stored,
        data: {
          data,
          recipient: { id: "u", locale: "fr", attributes: { name: "Ada" } },
          tenant: { key: "acme", name: "Acme", branding: { color: "red" } },
          ...links,
        },
      },
    });
    expect(compiled.render(facts(data)).stored?.data).toEqual({ data, recipient: { id: "u", attributes: {} } });
  });

  it("is that of the language", () => {
    expect(compiled.render(facts({}, german)).stored?.ids).toEqual({ sendgrid: "d-2" });
    expect(
      compile({ chat: { text: "x", stored: { twilio_whatsapp: "HX" } } }, "chat").render(facts({})).stored?.ids,
    ).toEqual({
      twilio_whatsapp: "HX",
    });
  });

  it("may show the links by which a recipient says no, which are made where one is named only", () => {
    expect(compiled.usesOptOut).toBe(true);
    expect(compile({ email: { subject: "s", text: 'a "stored": b' } }, "email").usesOptOut).toBe(false);
    expect(compile({ email: { subject: "s", text: "t" } }, "email").render(facts({}))).not.toHaveProperty("stored");
  });
});
