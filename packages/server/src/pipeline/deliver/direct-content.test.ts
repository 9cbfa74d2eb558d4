import { contentSchema } from "@tidings/contract/messages";
import { expect, test } from "vitest";
import { contentOf } from "./direct-content.ts";

const given = (content: unknown) => contentSchema.parse(content);

test("a push message takes link, image, values, badge, sound and collapse key along", () => {
  const push = {
    url: "https://x.example/1",
    imageUrl: "https://x.example/1.png",
    data: { order: "1" },
    badge: 0,
    sound: "default",
    collapseKey: "k",
  };
  expect(contentOf(given({ subject: "T", text: "x", push }), "push")).toEqual({ subject: "T", text: "x", push });
});

test("a chat message takes media and the vendor's own fields along", () => {
  const mediaUrls = ["https://x.example/1.png"];
  expect(contentOf(given({ text: "x", mediaUrls, body: { blocks: [1] } }), "chat")).toEqual({
    text: "x",
    mediaUrls,
    body: '{"blocks":[1]}',
  });
});

test("a template at a vendor is filled with what was given, or with nothing", () => {
  const ids = { sendgrid: "d-1" };
  const stored = { ids, data: { order: 1 } };
  expect(contentOf(given({ text: "x", stored }), "email").stored).toEqual(stored);
  expect(contentOf(given({ text: "x", stored: { ids } }), "email").stored).toEqual({ ids, data: {} });
});
