import type { LegalText } from "@tidings/contract/legal-texts";
import { type PolicyBody, policyBodySchema } from "@tidings/contract/policies";
import type { Channel, Lane } from "@tidings/contract/words";
import { describe, expect, test } from "vitest";
import { someDelivery, someOrigin } from "../../domain/delivery.conformance.ts";
import type { RenderedContent } from "../../ports/provider.ts";
import { LegalTexts } from "./legal-texts.ts";

interface Sent {
  lane?: Lane;
  channel?: Channel;
  locale?: string;
  tenantTexts?: LegalText[];
  base?: string;
}

/** What a recipient gets of `content`. */
function under(policy: PolicyBody | undefined, content: RenderedContent, sent: Sent = {}): RenderedContent {
  const { lane = "marketing", channel = "email", locale, tenantTexts, base = "https://n.example" } = sent;
  const document = policy === undefined ? undefined : policyBodySchema.parse(policy);
  const texts = new LegalTexts({
    configuration: {
      policy: () => document && { environmentId: 1, key: "environment", version: 1, document },
    },
    optOutLinks: {
      areSecure: base.startsWith("https:"),
      of: () => ({ unsubscribeUrl: lane === "critical" ? undefined : `${base}/u/t`, preferencesUrl: `${base}/p/t` }),
    },
  });
  const delivery = someDelivery("m", someOrigin({ lane, channel, tenant: tenantTexts === undefined ? "" : "acme" }));
  const tenant = tenantTexts && { key: "acme", name: undefined, branding: {}, legalTexts: tenantTexts };
  return texts.under({ ...delivery, recipient: { ...delivery.recipient, locale } }, content, tenant);
}

const address: LegalText = {
  classes: ["marketing", "transactional"],
  channels: ["email", "sms"],
  text: "Acme & Sons, 1 High Street\nLondon\n{preferences}",
  languages: { de: "Acme, Hauptstraße 1. {unsubscribe}" },
};

describe("marketing mail", () => {
  test("gets a line with its unsubscribe link, in the recipient's language, at the end of what is shown", () => {
    const content = { subject: "s", text: "t\n", html: "<html><body><p>h</p></body></html>" };
    expect(under(undefined, content, { locale: "fr-CH" })).toEqual({
      subject: "s",
      text: "t\n\nSe désabonner: https://n.example/u/t",
      html: '<html><body><p>h</p><p style="font-size:12px"><a href="https://n.example/u/t">Se désabonner</a></p>\n</body></html>',
    });
  });

  test("gets it below the one of both bodies that does not show it", () => {
    const html = '<a href="https://n.example/u/t">x</a>';
    expect(under(undefined, { text: "t", html })).toEqual({ text: "t\n\nUnsubscribe: https://n.example/u/t", html });
  });

  test("gets none that leads to a server which recipients do not reach, and none where the policy says so", () => {
    const content = { text: "t" };
    expect(under(undefined, content, { base: "http://localhost:3000" })).toEqual(content);
    expect(under({ unsubscribeLine: false }, content)).toEqual(content);
  });

  test("gets none twice where a legal text has it", () => {
    const { text } = under({ legalTexts: [address] }, { text: "t" }, { locale: "de" });
    expect(text).toBe("t\n\nAcme, Hauptstraße 1. Abmelden: https://n.example/u/t");
  });
});

describe("what is not marketing mail", () => {
  test.each<[Lane, Channel]>([
    ["critical", "email"],
    ["transactional", "email"],
    ["marketing", "sms"],
    ["marketing", "in_app"],
    ["marketing", "webhook"],
  ])("is left as it was where nobody wrote a text: %s by %s", (lane, channel) => {
    const content = { text: "t", html: "<p>h</p>", body: "{}" };
    expect(under(undefined, content, { lane, channel })).toBe(content);
  });
});

describe("a legal text", () => {
  test("stands below messages of its classes on its channels alone", () => {
    const texts = (lane: Lane, channel: Channel) =>
      under({ legalTexts: [address] }, { text: "t" }, { lane, channel }).text;
    const whole = "t\n\nAcme & Sons, 1 High Street\nLondon\nPreferences: https://n.example/p/t";
    expect(texts("transactional", "email")).toBe(whole);
    expect(texts("transactional", "sms")).toBe(whole);
    expect(texts("critical", "email")).toBe("t");
    expect(texts("transactional", "push")).toBe("t");
  });

  test("is text in HTML too, with lines and links", () => {
    const { html } = under({ legalTexts: [address] }, { html: "<p>h</p>" }, { lane: "transactional" });
    expect(html).toBe(
      '<p>h</p>\n<p style="font-size:12px">Acme &#38; Sons, 1 High Street<br>\nLondon<br>\n<a href="https://n.example/p/t">Preferences</a></p>\n',
    );
  });

  test("of the tenant is in place of the environment's, and of several that fit the last holds", () => {
    const text = (legalTexts: LegalText[], tenantTexts?: LegalText[]) =>
      under({ legalTexts, unsubscribeLine: false }, { text: "t" }, tenantTexts === undefined ? {} : { tenantTexts })
        .text;
    const one: LegalText = { classes: ["marketing"], channels: ["email"], text: "one" };
    const two: LegalText = { ...one, text: "two" };
    const other: LegalText = { ...one, classes: ["critical"], text: "other" };
    expect(text([one, two, other])).toBe("t\n\ntwo");
    expect(text([one], [two, other])).toBe("t\n\ntwo");
    expect(text([one], [other])).toBe("t\n\none");
  });

  test("leaves out the link by which nothing can be left, as of what is critical", () => {
    const text: LegalText = { classes: ["critical"], channels: ["email"], text: "Acme {unsubscribe}" };
    expect(under({ legalTexts: [text] }, { text: "t", html: "h" }, { lane: "critical" })).toEqual({
      text: "t\n\nAcme",
      html: 'h\n<p style="font-size:12px">Acme</p>\n',
    });
  });

  test("that names something else in braces, or a channel without text, is refused", () => {
    const refused = (over: object) =>
      policyBodySchema.safeParse({ legalTexts: [{ ...address, ...over }] }).error?.issues;
    expect(refused({ text: "{unsubscribeUrl}" })).toMatchObject([{ path: ["legalTexts", 0, "text"] }]);
    expect(refused({ languages: { de: "{name}" } })).toMatchObject([{ path: ["legalTexts", 0, "languages", "de"] }]);
    expect(refused({ channels: ["in_app"] })).toMatchObject([{ path: ["legalTexts", 0, "channels", 0] }]);
    expect(refused({})).toBeUndefined();
  });
});
