import { describe, expect, test } from "vitest";
import { everywhere, minute, openFallback, push, text } from "./fallback-world.conformance.ts";
import { stepWorld } from "./step-world.conformance.ts";

describe("a fallback", () => {
  test("goes out once all messages of its step have failed, once however often that is reported, and says why", async () => {
    const w = await openFallback({ steps: [text] });
    await w.report(0, "failed");
    await w.rest();
    expect(await w.steps()).toEqual(["tell failed", "tell queued"]);
    for (const kind of ["failed", "bounced", "failed"] as const) await w.report(1, kind);
    await w.rest();
    for (const index of [0, 1]) await w.report(index, "bounced");
    await w.rest(10 * minute);
    expect(await w.steps()).toEqual(["tell bounced", "tell bounced", "text queued"]);
    const sent = (await w.messages())[2];
    expect(JSON.parse(sent?.decisions ?? "[]")).toMatchObject([
      { outcome: "fallback", reason: "fallback_of", detail: "tell: failed" },
      { outcome: "send", reason: "workflow_step" },
    ]);
    expect(await w.decisions()).toEqual([["tell", "fallback_failed"]]);
    await w.close();
  });

  test("does not where one message arrived, whatever comes later, and the record says so", async () => {
    const w = await openFallback({ afterSeconds: 300, steps: [text] });
    await w.report(0, "failed");
    await w.report(1, "delivered");
    await w.rest(10 * minute);
    expect(await w.steps()).toEqual(["tell failed", "tell delivered"]);
    expect(await w.decisions()).toEqual([["tell", "no_fallback_delivered"]]);
    expect((await w.shown(w.id))?.runs).toMatchObject([{ state: "completed" }]);
    await w.close();
  });

  test("goes out once nobody has said in time that a message arrived, and a late word takes nothing back", async () => {
    const w = await openFallback({ afterSeconds: 300, steps: [text] });
    await w.rest(4 * minute);
    expect(await w.steps()).toEqual(["tell queued", "tell queued"]);
    await w.rest(2 * minute);
    await w.report(0, "delivered");
    await w.rest(minute);
    expect(await w.steps()).toEqual(["tell delivered", "tell queued", "text queued"]);
    expect(await w.decisions()).toEqual([["tell", "fallback_undelivered"]]);
    await w.close();
  });

  test("has one of its own, and the chain ends", async () => {
    const mail = { id: "mail", type: "channel", channel: "email", template: "t" };
    const w = await openFallback(
      { steps: [{ ...text, fallback: { steps: [mail] } }] },
      { ...everywhere, push: undefined },
    );
    expect(await w.steps()).toEqual(["text queued"]);
    await w.report(0, "failed");
    await w.rest();
    expect(await w.steps()).toEqual(["text failed", "mail queued"]);
    await w.report(1, "failed");
    await w.rest();
    expect(await w.steps()).toEqual(["text failed", "mail failed"]);
    await w.close();
  });

  test("does not go out once its event has expired or is canceled", async () => {
    for (const end of ["expired", "canceled"] as const) {
      const w = await stepWorld({ workflows: { alarm: { steps: [push({ afterSeconds: 60, steps: [text] })] } } });
      const queue = w.start();
      await w.accept("none", { body: everywhere });
      await w.rest();
      const expiresAt = end === "expired" ? w.clock.now() + 30_000 : null;
      const id = await w.accept("alarm", { expiresAt, cancellationHash: "c" });
      await w.rest();
      const { environmentId, store } = w.corner;
      if (end === "canceled") await store.cancelEvents({ environmentId, cancellationHash: "c", now: w.clock.now() });
      await w.rest(5 * minute);
      const shown = await w.shown(id);
      expect(shown?.messages.map(({ step }) => step)).toEqual(["tell", "tell"]);
      expect(shown?.decisions.map(({ reason }) => reason)).toEqual(end === "expired" ? ["expired"] : []);
      await queue.stop();
      w.database.close();
    }
  });

  test("goes out once, wherever its process dies", async () => {
    for (let crashAfter = 1; crashAfter <= 12; crashAfter += 1) {
      const w = await stepWorld({ workflows: { alarm: { steps: [push({ afterSeconds: 60, steps: [text] })] } } });
      const first = w.start();
      await w.accept("none", { body: { ...everywhere, push: "token" } });
      await w.rest();
      await first.stop();
      const id = await w.accept("alarm", {});
      w.start(crashAfter);
      await w.rest(2 * minute);
      const queue = w.start();
      await w.rest(2 * minute);
      expect((await w.shown(id))?.messages.map(({ step }) => step)).toEqual(["tell", "text"]);
      await queue.stop();
      w.database.close();
    }
  });
});
