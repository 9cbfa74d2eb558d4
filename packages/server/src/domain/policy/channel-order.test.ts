import type { Channel } from "@tidings/contract/words";
import { expect, test } from "vitest";
import { type ChannelOrders, channelOrder, firstThrough } from "./channel-order.ts";

const none: ChannelOrders = { recipient: undefined, tenant: undefined, category: undefined, environment: undefined };
const among: Channel[] = ["email", "sms", "push"];

test.each<[string, Partial<ChannelOrders>, Channel[], string]>([
  ["nobody's", {}, ["email", "sms", "push"], "step_order"],
  ["the environment's", { environment: ["push"] }, ["push", "email", "sms"], "environment_order"],
  ["the category's", { environment: ["push"], category: ["sms"] }, ["sms", "email", "push"], "category_order"],
  ["the tenant's", { category: ["sms"], tenant: ["push", "sms"] }, ["push", "sms", "email"], "tenant_order"],
  ["the recipient's", { tenant: ["push"], recipient: ["sms"] }, ["sms", "email", "push"], "recipient_order"],
  [
    "one with channels that the step has not",
    { recipient: ["chat", "sms"] },
    ["sms", "email", "push"],
    "recipient_order",
  ],
  [
    "none that names no channel of the step",
    { recipient: ["chat"], tenant: ["push"] },
    ["push", "email", "sms"],
    "tenant_order",
  ],
])("the order that holds is %s", (_, orders, order, rule) => {
  expect(channelOrder(among, { ...none, ...orders })).toEqual({ order, rule });
});

test("those behind the first that nothing speaks against are not asked", () => {
  const asked: Channel[] = [];
  const against = (channel: Channel) => {
    asked.push(channel);
    return channel === "email" ? "no" : undefined;
  };
  expect(firstThrough(among, against)).toEqual({ chosen: "sms", passedOver: [{ channel: "email", why: "no" }] });
  expect(asked).toEqual(["email", "sms"]);
  expect(firstThrough(among, () => "no").chosen).toBeUndefined();
});
