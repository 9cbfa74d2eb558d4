import type { PreferencesBody } from "@tidings/contract/preferences";
import { expect, test } from "vitest";
import { writtenChoices } from "../../domain/policy/choices.ts";
import { optOutsOf } from "../../domain/policy/opt-outs.ts";
import { type Documents, stepWorld } from "./step-world.conformance.ts";

const tell = { id: "tell", type: "first_of", channels: ["email", "sms", "push"], template: "t" };
const everywhere = { email: "u1@example.org", phone: "+491701234567", push: "token" };
const documents = (over: Partial<Documents> = {}): Documents => ({ workflows: { news: { steps: [tell] } }, ...over });

async function sent(world: Documents, preferences: PreferencesBody, body: object = everywhere) {
  const w = await stepWorld(world);
  const queue = w.start();
  await w.accept("none", { body });
  await w.rest();
  const { environmentId, store } = w.corner;
  const choices = { preferences, consents: [] };
  const row = await store.getRecipient({ environmentId, id: "u1" });
  const [isWritten] = await store.putChoices({
    writes: [
      {
        environmentId,
        id: "u1",
        version: row?.version ?? 0,
        wrappedKey: row?.wrappedKey ?? "",
        choices: writtenChoices(choices),
        optOuts: optOutsOf(choices),
        consents: [],
      },
    ],
  });
  expect(isWritten).toBe(true);
  const id = await w.accept("news", {});
  await w.rest();
  const shown = await w.shown(id);
  await queue.stop();
  w.database.close();
  expect(w.faults).toEqual([]);
  return {
    channels: shown?.messages.map(({ channel }) => channel),
    decisions: shown?.decisions.map(({ channel, outcome, reason, rule }) => [channel, outcome, reason, rule]),
  };
}

test("the recipient's order decides, and what stands before it is passed over with its reason", async () => {
  const preferences: PreferencesBody = { channelOrder: ["push", "sms"], all: { push: "off" } };
  const { channels, decisions } = await sent(documents(), preferences, { ...everywhere, phone: undefined });
  expect(channels).toEqual(["email"]);
  expect(decisions).toEqual([
    ["push", "passed_over", "opted_out", "recipient_environment"],
    ["sms", "passed_over", "no_address", ""],
    ["email", "chosen", "channel_order", "recipient_order"],
  ]);
});

test.each<[string, Partial<Documents>, PreferencesBody, string, string]>([
  ["the step's where there is none", {}, {}, "email", "step_order"],
  ["the environment's", { policy: { channelOrder: ["push"] } }, {}, "push", "environment_order"],
  [
    "the category's before it",
    { policy: { channelOrder: ["push"] }, categories: { c: { class: "transactional", channelOrder: ["sms"] } } },
    {},
    "sms",
    "category_order",
  ],
  [
    "the recipient's before all",
    { policy: { channelOrder: ["push"] } },
    { channelOrder: ["sms"] },
    "sms",
    "recipient_order",
  ],
  ["not one that names no channel of the step", {}, { channelOrder: ["in_app"] }, "email", "step_order"],
])("of orders that holds: %s", async (_, over, preferences, channel, rule) => {
  const { channels, decisions } = await sent(documents(over), preferences);
  expect(channels).toEqual([channel]);
  expect(decisions?.at(-1)).toEqual([channel, "chosen", "channel_order", rule]);
});

test("where no channel lets it through nothing is sent, and each says why", async () => {
  const { channels, decisions } = await sent(documents(), { all: { all: "off" } }, { phone: "+491701234567" });
  expect(channels).toEqual([]);
  expect(decisions).toEqual([
    ["email", "passed_over", "no_address", ""],
    ["sms", "passed_over", "opted_out", "recipient_environment"],
    ["push", "passed_over", "no_address", ""],
    ["", "not_sent", "no_channel", "step_order"],
  ]);
});
