import { expect, test } from "vitest";
import { someOrigin } from "../../domain/delivery.conformance.ts";
import { withoutCampaigns } from "./campaign-sums.ts";
import type { Sum } from "./counted.ts";

test("messages of a campaign and others, of whatever step, are one row of the minute where their labels are the same", () => {
  const sum = (origin: Parameters<typeof someOrigin>[0], value: number): Sum => ({
    labels: someOrigin(origin),
    metric: "sent",
    integration: "mail",
    mailbox: "",
    bucket: 0,
    minute: 7,
    value,
    cost: value * 10,
  });
  const sums = [
    sum({ campaign: "e1", step: "a" }, 2),
    sum({ step: "b", template: "other" }, 3),
    sum({ campaign: "e2", step: "c" }, 4),
    sum({ channel: "sms" }, 5),
  ];
  expect(withoutCampaigns(sums).map(({ value, cost }) => [value, cost])).toEqual([
    [9, 90],
    [5, 50],
  ]);
});
