import { describe, expect, test } from "vitest";
import {
  afterWebhook,
  rotated,
  signing,
  type WebhookAnswer,
  type WebhookSecrets,
  webhookScheduleMs,
} from "./webhook.ts";

const failed: WebhookAnswer = { status: "failed", statusCode: 500, code: "500", retryAfterMs: 0 };
const hourMs = 3_600_000;

describe("after a call to an endpoint", () => {
  test("what was taken is delivered, and what is gone is dead", () => {
    expect(afterWebhook({ status: "taken", statusCode: 204 }, 3, 0, 0)).toEqual({ state: "delivered" });
    expect(afterWebhook({ status: "gone", statusCode: 410, code: "410" }, 0, 0, 0)).toEqual({ state: "dead" });
  });

  test("what failed is tried ten times over three days, later by up to a fifth, and then given up", () => {
    const dues = webhookScheduleMs.map((_, tries) => afterWebhook(failed, tries, 0, 0));
    expect(dues).toEqual(webhookScheduleMs.map((dueAt) => ({ state: "waiting", dueAt })));
    expect(webhookScheduleMs.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(75 * hourMs);
    expect(afterWebhook(failed, 0, 1000, 0.999999)).toEqual({ state: "waiting", dueAt: 7000 });
    expect(afterWebhook(failed, webhookScheduleMs.length, 0, 0)).toEqual({ state: "dead" });
  });

  test("is not tried before the endpoint asked for", () => {
    expect(afterWebhook({ ...failed, retryAfterMs: 60_000 }, 0, 5, 0)).toEqual({ state: "waiting", dueAt: 60_005 });
    expect(afterWebhook({ ...failed, retryAfterMs: 60_000 }, 1, 5, 0)).toEqual({ state: "waiting", dueAt: 300_005 });
  });
});

describe("a secret that is replaced", () => {
  const first: WebhookSecrets = { url: "u", secrets: [{ secret: "a", until: null }] };

  test("signs beside the new one until its time is over, and no longer", () => {
    const second = rotated(first, "b", 1000, 2000);
    expect([signing(second, 1999), signing(second, 2000)]).toEqual([["b", "a"], ["b"]]);
    const third = rotated(second, "c", 1500, 5000);
    expect([signing(third, 1999), signing(third, 2000), signing(third, 5000)]).toEqual([
      ["c", "b", "a"],
      ["c", "b"],
      ["c"],
    ]);
    expect(rotated(third, "d", 5000, 5000).secrets).toEqual([{ secret: "d", until: null }]);
  });

  test("makes room for at most four old ones", () => {
    let secrets = first;
    for (let index = 0; index < 9; index += 1) secrets = rotated(secrets, `s${index}`, index, 1_000_000);
    expect(signing(secrets, 10)).toEqual(["s8", "s7", "s6", "s5", "s4"]);
  });
});
