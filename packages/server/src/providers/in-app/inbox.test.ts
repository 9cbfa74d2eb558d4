import { describe, expect, it } from "vitest";
import type { ProviderEnvironment } from "../../ports/provider.ts";
import { providerConformance } from "../testing/conformance.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { inbox } from "./inbox.ts";

const context = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };

providerConformance("inbox", {
  faults: ["transient"],
  async make(fault) {
    const environment = testEnvironment();
    const failing: ProviderEnvironment["inbox"] = { deliver: () => Promise.reject(new Error("the store is away")) };
    return {
      provider: inbox.create({}, fault === "transient" ? { ...environment, inbox: failing } : environment),
      to: "user_1",
      channel: "in_app",
      taken: () => environment.stored.map(({ messageId }) => messageId),
      close: environment.close,
    };
  },
});

describe("the inbox", () => {
  it("takes title, text and all that an in-app message has, and when it expires", async () => {
    const environment = testEnvironment();
    const inApp = {
      url: "/orders/1",
      imageUrl: "https://example.com/a.png",
      actions: [{ key: "pay", label: "Pay now", url: "https://example.com/pay" }],
      data: { order: "1" },
    };
    const message = outbound("in_app", "user_1", {
      content: { subject: "Order", text: "It left", inApp },
      createdAt: 5,
      expiresAt: 9,
    });
    expect(await inbox.create({}, environment).send([message], context)).toEqual([{ status: "accepted" }]);
    expect(environment.stored).toEqual([
      {
        messageId: message.id,
        recipient: "user_1",
        createdAt: 5,
        expiresAt: 9,
        content: { title: "Order", text: "It left", ...inApp },
      },
    ]);
    await environment.close();
  });

  it("accepts a message that it has already, and stores it once", async () => {
    const environment = testEnvironment();
    const provider = inbox.create({}, environment);
    const message = outbound("in_app", "user_1");
    await provider.send([message], context);
    expect(await provider.send([message], context)).toEqual([{ status: "accepted" }]);
    expect(environment.stored).toHaveLength(1);
    expect(provider.idempotent).toBe(true);
    await environment.close();
  });

  it.each([
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "/\\evil.example",
    "https://",
  ])("refuses a link to %s for good, naming it, and stores the others of its call", async (url) => {
    const environment = testEnvironment();
    const bad = outbound("in_app", "u", {
      content: { text: "t", inApp: { actions: [{ key: "a", label: "A", url }] } },
    });
    const good = outbound("in_app", "u");
    const outcomes = await inbox.create({}, environment).send([bad, good], context);
    expect(outcomes).toMatchObject([
      {
        status: "rejected",
        kind: "permanent",
        code: "content_invalid",
        detail: expect.stringMatching(/^actions\.0\.url /),
      },
      { status: "accepted" },
    ]);
    expect(environment.stored.map(({ messageId }) => messageId)).toEqual([good.id]);
    await environment.close();
  });

  it.each(["recipient_gone", "expired"] as const)("says for good that it is %s", async (result) => {
    const environment = testEnvironment();
    const gone: ProviderEnvironment["inbox"] = { deliver: async (_id, _lane, entries) => entries.map(() => result) };
    const provider = inbox.create({}, { ...environment, inbox: gone });
    expect(await provider.send([outbound("in_app", "u")], context)).toEqual([
      { status: "rejected", kind: "permanent", code: result },
    ]);
    await environment.close();
  });
});
