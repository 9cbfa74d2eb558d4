import type { CapBody } from "@tidings/contract/caps";
import type { PreferencesBody } from "@tidings/contract/preferences";
import { describe, expect, test } from "vitest";
import { writtenChoices } from "../../domain/policy/choices.ts";
import { optOutsOf } from "../../domain/policy/opt-outs.ts";
import { everywhere, minute, openFallback, push, text } from "./fallback-world.conformance.ts";
import { stepWorld } from "./step-world.conformance.ts";

const one = { ...everywhere, push: "token" };

describe("a fallback", () => {
  test("is on record as not sent where the recipient has said no to its channel", async () => {
    const w = await stepWorld({ workflows: { alarm: { steps: [push({ steps: [text] })] } } });
    const queue = w.start();
    await w.accept("none", { body: { phone: "+491701234567" } });
    await w.rest();
    const { environmentId, store } = w.corner;
    const row = await store.getRecipient({ environmentId, id: "u1" });
    const preferences: PreferencesBody = { all: { sms: "off" } };
    const choices = { preferences, consents: [] };
    const { version = 0, wrappedKey = "" } = row ?? {};
    const written = { choices: writtenChoices(choices), optOuts: optOutsOf(choices), consents: [] };
    await store.putChoices({ writes: [{ environmentId, id: "u1", version, wrappedKey, ...written }] });
    const id = await w.accept("alarm", {});
    await w.rest();
    const shown = await w.shown(id);
    expect(shown?.messages).toEqual([]);
    expect(shown?.decisions.map(({ step, reason }) => [step, reason])).toEqual([
      ["tell", "no_address"],
      ["text", "opted_out"],
    ]);
    await queue.stop();
    w.database.close();
    expect(w.faults).toEqual([]);
  });

  test("is on record as not sent where the law asks for consent to its channel alone, and goes out where it asks for none", async () => {
    const of = (country: string) =>
      openFallback({ steps: [text] }, { ...one, country }, { categories: { c: { class: "marketing" } } });
    // 47 CFR 64.1200 asks for consent to marketing by SMS, and no law of the US for consent to a push.
    const asked = await of("US");
    await asked.report(0, "failed");
    await asked.rest();
    expect(await asked.steps()).toEqual(["tell failed"]);
    expect(await asked.decisions()).toEqual([
      ["tell", "fallback_failed"],
      ["text", "consent_missing"],
    ]);
    await asked.close();
    const free = await of("MX");
    await free.report(0, "failed");
    await free.rest();
    expect(await free.steps()).toEqual(["tell failed", "text queued"]);
    await free.close();
  });

  test("takes a place under a cap like any other message, and is on record as capped where there is none", async () => {
    const caps: CapBody[] = [{ limit: 1, windowSeconds: 3600, channels: ["sms"], over: "drop" }];
    const w = await openFallback({ steps: [text] }, one, { categories: { c: { class: "transactional", caps } } });
    const again = await w.accept("alarm", {});
    await w.rest();
    await w.report(0, "failed");
    await w.rest();
    expect(await w.steps()).toEqual(["tell failed", "text queued"]);
    const second = async () => w.shown(again);
    const { environmentId, store } = w.corner;
    const messageId = (await second())?.messages[0]?.id ?? "";
    const reports = [{ environmentId, messageId, kind: "failed", at: w.clock.now(), code: "" } as const];
    await store.recordFeedback({ reports, now: w.clock.now() });
    await w.rest(10 * minute);
    expect((await second())?.messages.map(({ step, state }) => `${step} ${state}`)).toEqual(["tell failed"]);
    expect((await second())?.decisions.map(({ step, reason }) => [step, reason]).sort()).toEqual([
      ["tell", "fallback_failed"],
      ["text", "cap_reached"],
    ]);
    expect((await second())?.runs).toMatchObject([{ state: "completed" }]);
    await w.close();
  });
});
