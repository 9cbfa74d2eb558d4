import { describe, expect, it } from "vitest";
import { faultsOf } from "./faults.ts";
import { messageBodySchema } from "./messages.ts";
import { isWebUrl } from "./rich-content.ts";
import { templateBodySchema } from "./templates.ts";

describe("the address of what a vendor or a device loads", () => {
  it.each(["https://x.example/a.png?b=c#d", "HTTP://x.example"])("may be %s", (url) => {
    expect(isWebUrl(url)).toBe(true);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://x.example/a",
    "shop://orders/1",
    "//x.example/a",
    "/orders/1",
    "https://",
    "https://user:secret@x.example/",
    "https://x.example/a b",
    "https:\\\\x.example",
    " https://x.example",
    "",
  ])("is not %j", (url) => {
    expect(isWebUrl(url)).toBe(false);
  });
});

describe("ready content", () => {
  const faults = (channel: string, content: object) => {
    const parsed = messageBodySchema.safeParse({ channel, to: "u", category: "c", content });
    return parsed.success ? [] : faultsOf(parsed.error).map(({ path, message }) => `${path} ${message}`);
  };

  it.each([
    ["push", { push: { url: "https://x.example", badge: 0, sound: "default", collapseKey: "k", data: { a: "" } } }],
    ["sms", { mediaUrls: ["https://x.example/a.png"] }],
    [
      "chat",
      { mediaUrls: ["https://x.example/a.png"], body: { blocks: [] }, stored: { ids: { twilio_whatsapp: "HX1" } } },
    ],
    ["email", { stored: { ids: { sendgrid: "d-1" }, data: { order: 1 } } }],
  ])("of %s has what belongs to that channel", (channel, more) => {
    expect(faults(channel, { text: "x", ...more })).toEqual([]);
  });

  it.each([
    ["sms", { push: {} }, "content.push goes with a push message only"],
    ["email", { mediaUrls: ["https://x.example"] }, "content.mediaUrls go with an SMS or a chat message only"],
    ["push", { stored: { ids: { fcm: "1" } } }, "content.stored goes with a mail or a chat message only"],
    ["sms", { attachments: [] }, "content.attachments go with a mail only"],
    ["chat", { body: [1] }, "content.body must be an object"],
    ["chat", { body: null }, "content.body must be an object"],
    [
      "push",
      { push: { url: "shop://x" } },
      "content.push.url must be an http or https URL without user name and password",
    ],
    ["push", { push: { badge: -1 } }, "content.push.badge Too small: expected number to be >=0"],
    ["email", { stored: { ids: {} } }, "content.stored.ids must name 1 to 20 providers"],
  ])("of %s is refused with %j", (channel, more, fault) => {
    expect(faults(channel, { text: "x", ...more })).toEqual([fault]);
  });

  it("has at most ten addresses of media", () => {
    const mediaUrls = Array.from({ length: 11 }, (_, index) => `https://x.example/${index}`);
    expect(faults("sms", { text: "x", mediaUrls })).toHaveLength(1);
    expect(faults("sms", { text: "x", mediaUrls: mediaUrls.slice(1) })).toEqual([]);
  });
});

describe("a template", () => {
  it("needs a text on every channel that has one, whatever is rich beside it", () => {
    const parsed = templateBodySchema.safeParse({
      sms: { mediaUrls: ["https://x.example"] },
      push: { url: "https://x.example" },
      chat: { body: "{}" },
    });
    expect(parsed.error?.issues.map(({ path }) => path.join("."))).toEqual(["sms.text", "push.text", "chat.text"]);
  });
});
