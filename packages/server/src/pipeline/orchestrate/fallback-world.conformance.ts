import { expect } from "vitest";
import { type Documents, stepWorld } from "./step-world.conformance.ts";

export const minute = 60_000;
export const text = { id: "text", type: "channel", channel: "sms", template: "t" };
export const push = (fallback: object) => ({ id: "tell", type: "channel", channel: "push", template: "t", fallback });
export const everywhere = { email: "u1@example.org", phone: "+491701234567", push: ["token-1", "token-2"] };
type Kind = "failed" | "delivered" | "bounced";

/** A workflow `alarm` that has pushed to one recipient, with a fallback. Nobody delivers: what becomes of messages is reported. */
export async function openFallback(fallback: object, body: object = everywhere, over: Partial<Documents> = {}) {
  const w = await stepWorld({ workflows: { alarm: { steps: [push(fallback)] } }, ...over });
  const queue = w.start();
  await w.accept("none", { body });
  await w.rest();
  const { environmentId, store } = w.corner;
  const id = await w.accept("alarm", {});
  await w.rest();
  const messages = async () => (await w.shown(id))?.messages ?? [];
  const report = async (index: number, kind: Kind, at = w.clock.now()) => {
    const messageId = (await messages())[index]?.id ?? "";
    const reports = [{ environmentId, messageId, kind, at, code: "" }];
    await store.recordFeedback({ reports, now: w.clock.now() });
  };
  const steps = async () => (await messages()).map(({ step, state }) => `${step} ${state}`);
  const decisions = async () => (await w.shown(id))?.decisions.map(({ step, reason }) => [step, reason]);
  const close = async () => {
    await queue.stop();
    w.database.close();
    expect(w.faults).toEqual([]);
  };
  return { ...w, id, messages, report, steps, decisions, close };
}
