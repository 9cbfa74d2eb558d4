import type { IntegrationBody } from "@tidings/contract/integrations";
import { describe, expect, test } from "vitest";
import { sharedReputation, sharingSender } from "./reputation.ts";

const sender = (key: string, over: Partial<IntegrationBody> = {}) => ({
  key,
  document: { channel: "email" as const, provider: "smtp", ...over },
});
const others: IntegrationBody["lanes"] = ["critical", "transactional"];
const news: IntegrationBody["lanes"] = ["marketing"];

describe("reputation", () => {
  test("is shared where one integration serves marketing beside others, whether it names its lanes or not", () => {
    for (const lanes of [undefined, ["marketing", "critical"] as const])
      expect(sharedReputation("a", [sender("a", lanes === undefined ? {} : { lanes: [...lanes] })])).toMatchObject([
        { path: "lanes" },
      ]);
    expect(sharedReputation("a", [sender("a", { lanes: news })])).toEqual([]);
    expect(sharedReputation("a", [sender("a", { lanes: others })])).toEqual([]);
  });

  test("is shared by a sending domain, in whatever case and form, and by no subdomain", () => {
    const mail = sender("mail", { lanes: others, settings: { from: "Shop <orders@example.com>" } });
    const by = (from: unknown) =>
      sharedReputation("news", [mail, sender("news", { lanes: news, settings: { from: from as string } })]);
    expect(by("news@EXAMPLE.com")).toMatchObject([{ path: "settings.from", message: expect.stringContaining("mail") }]);
    expect(by("news@mail.example.com")).toEqual([]);
    expect(by({ default: "a@example.com", marketing: "a@news.example.com" })).toEqual([]);
    expect(by({ default: "a@news.example.com", marketing: "a@example.com" })).toHaveLength(1);
    expect(by(undefined)).toEqual([]);
    expect(
      sharedReputation("mail", [mail, sender("news", { lanes: news, settings: { from: "a@example.com" } })]),
    ).toHaveLength(1);
  });

  test("is shared by a number, and by a pool of one vendor's addresses", () => {
    const sms = (key: string, lanes: IntegrationBody["lanes"]) =>
      sender(key, { channel: "sms", provider: "twilio", lanes, settings: { from: "+43660123456" } });
    expect(sharedReputation("b", [sms("a", others), sms("b", news)])).toHaveLength(1);
    const pooled = (key: string, lanes: IntegrationBody["lanes"], provider = "sendgrid") =>
      sender(key, { provider, lanes, settings: { ipPool: "main", from: `x@${key}.example.com` } });
    expect(sharedReputation("b", [pooled("a", others), pooled("b", news)])).toMatchObject([
      { path: "settings.ipPool" },
    ]);
    expect(sharedReputation("b", [pooled("a", others), pooled("b", news, "mailgun")])).toEqual([]);
  });

  test("is nobody's where nobody judges: other channels, what is off, the sandbox and the simulator", () => {
    expect(sharedReputation("a", [sender("a", { channel: "push" })])).toEqual([]);
    expect(sharedReputation("a", [sender("a", { enabled: false })])).toEqual([]);
    for (const provider of ["sandbox", "simulator"])
      expect(sharedReputation("a", [sender("a", { provider })])).toEqual([]);
  });

  test("the first that shares is named", () => {
    expect(sharingSender([sender("fine", { lanes: news }), sender("mixed")])?.key).toBe("mixed");
    expect(sharingSender([sender("fine", { lanes: news })])).toBeUndefined();
  });
});
