import type { SegmentCondition } from "@tidings/contract/segments";
import { describe, expect, test } from "vitest";
import { daysAsked, isMember, type Member, type MemberMessage, readsAttributes } from "./segment.ts";

const now = Date.UTC(2026, 10, 28);
const day = 86_400_000;
const anna: Member = {
  id: "anna",
  locale: "de-AT",
  timeZone: "Europe/Vienna",
  tenant: undefined,
  country: "AT",
  attributes: { plan: "pro", address: { city: "Graz" }, age: 40 },
};
const message = (over: Partial<MemberMessage> = {}): MemberMessage => ({
  madeAt: now - 5 * day,
  category: "news",
  workflow: "weekly",
  channel: "email",
  isSent: true,
  isDelivered: true,
  isOpened: false,
  isClicked: false,
  isRead: false,
  ...over,
});
const field = (name: string, value: string | number): SegmentCondition => ({
  field: `recipient.${name}`,
  op: "eq",
  value,
});

describe("who is in a segment", () => {
  test.each<[string, SegmentCondition, boolean]>([
    ["an attribute", field("attributes.plan", "pro"), true],
    ["an attribute of another value", field("attributes.plan", "free"), false],
    ["an attribute within one", field("attributes.address.city", "Graz"), true],
    ["what everybody has", field("country", "AT"), true],
    ["what is not there", field("tenant", "acme"), false],
    ["not what is not there", { not: field("tenant", "acme") }, true],
    ["all", { all: [field("country", "AT"), field("attributes.age", 40)] }, true],
    ["all but one", { all: [field("country", "AT"), field("attributes.age", 41)] }, false],
    ["any", { any: [field("country", "DE"), field("attributes.age", 40)] }, true],
    ["none of any", { any: [field("country", "DE"), field("attributes.age", 41)] }, false],
    ["nothing inherited", { field: "recipient.attributes.constructor", op: "exists" }, false],
  ])("by %s", (_, where, expected) => {
    expect(isMember(where, anna, undefined, now)).toBe(expected);
  });

  test.each<[SegmentCondition, Partial<MemberMessage>, boolean]>([
    [{ message: "sent", withinDays: 5 }, {}, true],
    [{ message: "sent", withinDays: 4 }, {}, false],
    [{ message: "sent", withinDays: 5 }, { isSent: false }, false],
    [{ message: "delivered", withinDays: 5 }, { isDelivered: false }, false],
    [{ message: "opened", withinDays: 5 }, {}, false],
    [{ message: "opened", withinDays: 5 }, { isOpened: true }, true],
    [{ message: "clicked", withinDays: 5 }, { isOpened: true }, false],
    [{ message: "engaged", withinDays: 5 }, { isClicked: true }, true],
    [{ message: "engaged", withinDays: 5 }, { isRead: true }, true],
    [{ message: "engaged", withinDays: 5 }, {}, false],
    [{ message: "sent", withinDays: 5, category: "news", workflow: "weekly", channel: "email" }, {}, true],
    [{ message: "sent", withinDays: 5, category: "orders" }, {}, false],
    [{ message: "sent", withinDays: 5, workflow: "daily" }, {}, false],
    [{ message: "sent", withinDays: 5, channel: "sms" }, {}, false],
  ])("by a message: %j of %j", (where, over, expected) => {
    expect(isMember(where, anna, [message(over)], now)).toBe(expected);
    expect(isMember({ not: where }, anna, [message(over)], now)).toBe(!expected);
  });

  test("is open only where messages decide it", () => {
    const opened: SegmentCondition = { message: "opened", withinDays: 5 };
    const [yes, no] = [field("country", "AT"), field("country", "DE")];
    const known = (where: SegmentCondition) => isMember(where, anna, undefined, now);
    expect([
      known(opened),
      known({ not: opened }),
      known({ all: [yes, opened] }),
      known({ any: [no, opened] }),
    ]).toEqual([undefined, undefined, undefined, undefined]);
    expect([known({ all: [opened, no] }), known({ any: [opened, yes] })]).toEqual([false, true]);
  });

  test("says what has to be read for it", () => {
    const where: SegmentCondition = {
      any: [
        field("country", "AT"),
        {
          not: {
            all: [
              { message: "sent", withinDays: 7 },
              { message: "opened", withinDays: 30 },
            ],
          },
        },
      ],
    };
    expect([daysAsked(where), readsAttributes(where)]).toEqual([30, false]);
    expect([daysAsked(field("country", "AT")), readsAttributes({ not: field("attributes.plan", "pro") })]).toEqual([
      0,
      true,
    ]);
  });
});
