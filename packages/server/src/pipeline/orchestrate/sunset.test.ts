import { expect, test } from "vitest";
import { type Documents, stepWorld } from "./step-world.conformance.ts";

const dayMs = 86_400_000;
const documents: Documents = {
  workflows: { news: { category: "news", steps: [{ id: "mail", type: "channel", channel: "email", template: "t" }] } },
  categories: { news: { class: "marketing", sunset: { afterDays: 3, template: "still-there" } } },
};

test("who is silent is asked by the category's template in place of the message, and then left alone", async () => {
  const w = await stepWorld(documents, dayMs / 4);
  const queue = w.start();
  const events: string[] = [];
  for (let day = 0; day < 5; day += 1) {
    const body = { email: "u1@example.org" };
    events.push(await w.accept("news", { lane: "marketing", ...(day === 0 ? { body } : {}) }));
    await w.rest(dayMs);
  }
  const shown = await Promise.all(events.map((id) => w.shown(id)));
  expect(shown.map((one) => one?.messages.map(({ template }) => template))).toEqual([
    ["t"],
    ["t"],
    ["t"],
    ["still-there"],
    [],
  ]);
  expect(shown[4]?.decisions).toMatchObject([{ outcome: "not_sent", reason: "sunset" }]);
  // What asks is read from its row: what was planned had another content.
  expect([...w.delivered.values()].map(({ origin }) => origin.template)).not.toContain("still-there");
  expect(w.faults).toEqual([]);
  await queue.stop();
  w.database.close();
});
