import { randomBytes } from "node:crypto";
import type { CategoryBody } from "@tidings/contract/categories";
import type { Lane } from "@tidings/contract/words";
import { describe, expect, test } from "vitest";
import { noChoices } from "../../domain/policy/choices.ts";
import { stepKinds } from "../../domain/steps/step-kinds.ts";
import { IdSource } from "../../lib/ids.ts";
import { Keyring } from "../../lib/keyring.ts";
import type { Configuration, Versioned } from "../../ports/configuration.ts";
import { planDirect } from "./direct-message.ts";
import { turnLimits } from "./effect-limits.conformance.ts";
import { planEvent } from "./event-turn.ts";
import type { PeopleInSight } from "./people.ts";
import type { Person } from "./person.ts";
import type { EventWork } from "./ports.ts";

const environmentId = 1;
const now = Date.parse("2026-11-27T22:30Z");
const wake = Date.parse("2026-11-28T06:00Z");
const spreadMs = 600_000;
const versioned = <Document>(key: string, document: Document): Versioned<Document> => ({
  environmentId,
  key,
  version: 1,
  document,
});

function planned(
  kind: "event" | "message",
  lane: Lane,
  over: { expiresAt?: number; rules?: Partial<CategoryBody> } = {},
) {
  const keyring = new Keyring(randomBytes(32), randomBytes, 10);
  const rules: Partial<CategoryBody> = over.rules ?? { quietHours: { from: "22:00", to: "07:00" } };
  const configuration: Configuration = {
    workflowsFor: () => [
      versioned("w", {
        category: "c",
        steps: [{ id: "mail", type: "channel", channel: "email", template: "t" }],
      }),
    ],
    category: (_, key) => versioned(key, { class: lane, ...rules }),
    policy: () => undefined,
    laneOf: () => lane,
    currentTemplate: (_, key) => versioned(key, { email: { subject: "s", text: "t" } }),
    integrations: () => [],
    workflowVersion: async () => undefined,
    templateVersion: async () => undefined,
  };
  const person: Person = {
    id: "u",
    wrappedKey: "",
    profile: { timeZone: "Europe/Vienna", attributes: {} },
    secrets: { addresses: [{ channel: "email", hash: "h", value: "u@example.org" }], personal: {} },
    choices: noChoices,
    facts: { id: "u", locale: undefined, timeZone: "Europe/Vienna", attributes: {} },
  };
  const people: PeopleInSight = { find: () => person, upsert: () => undefined };
  const ids = new IdSource(() => now, randomBytes);
  const limits = { ...turnLimits, deferralSpreadMs: spreadMs };
  const work: EventWork = {
    record: {
      id: ids.next(),
      environmentId,
      kind,
      name: "order",
      tenant: "",
      lane,
      receivedAt: now,
      dueAt: now,
      expiresAt: over.expiresAt ?? null,
      cancellationHash: null,
      generation: 0,
      payload: "",
      inline: null,
      trace: null,
      cursor: 0,
      position: null,
    },
    payload: {
      data: {},
      recipients: ["u"],
      ...(kind === "message"
        ? { message: { channel: "email", category: "c", content: { subject: "s", text: "t" } } }
        : {}),
    },
    inline: [],
  };
  const tenants = { preferencesOf: () => undefined };
  const lookBack = { looksBack: () => false };
  const services = { configuration, ids, keyring, limits, lookBack, steps: stepKinds, tenants };
  return kind === "message"
    ? planDirect(work, people, now, services)
    : planEvent(work, lane, people, 10, now, services);
}

describe.each(["event", "message"] as const)("in quiet hours, what an %s asks to send", (kind) => {
  test("waits in its row for their end, is handed to nobody, and says why", () => {
    const { turn, deliveries } = planned(kind, "transactional");
    const [message] = turn.messages;
    expect(deliveries).toEqual([]);
    expect(message).toMatchObject({ state: "queued", createdAt: now });
    expect(message?.dueAt).toBeGreaterThanOrEqual(wake);
    expect(message?.dueAt).toBeLessThan(wake + spreadMs);
    expect(JSON.parse(message?.decisions ?? "")).toMatchObject([
      { outcome: "send" },
      {
        outcome: "deferred",
        reason: "quiet_hours",
        detail: "category: 22:00-07:00 until 2026-11-28T06:00:00.000Z",
      },
    ]);
  });

  test("goes out at once where it is critical, or the recipient's clock says day", () => {
    for (const { turn, deliveries } of [
      planned(kind, "critical"),
      planned(kind, "transactional", { rules: { quietHours: { from: "22:00", to: "23:00" } } }),
      planned(kind, "transactional", { rules: { quietHours: false } }),
    ]) {
      expect(deliveries).toHaveLength(1);
      expect(turn.messages[0]?.dueAt).toBe(now);
    }
  });

  test("waits for the category's send window", () => {
    const { turn } = planned(kind, "marketing", {
      rules: { sendWindow: { from: "09:00", to: "17:00", days: ["mon"] } },
    });
    expect(JSON.parse(turn.messages[0]?.decisions ?? "")).toMatchObject([
      { outcome: "send" },
      { outcome: "deferred", reason: "send_window", detail: expect.stringContaining("until 2026-11-30T08:00") },
    ]);
  });

  test("is not sent where it expires in them", () => {
    const { turn, deliveries } = planned(kind, "transactional", { expiresAt: wake });
    expect(deliveries).toEqual([]);
    const said =
      kind === "event"
        ? turn.decisions
        : turn.messages.flatMap(({ state, decisions }) => (state === "expired" ? JSON.parse(decisions) : []));
    expect(said).toMatchObject([
      { outcome: "not_sent", reason: "expires_in_quiet_hours", detail: "category: 22:00-07:00" },
    ]);
    expect(turn.messages).toHaveLength(kind === "event" ? 0 : 1);
  });

  test("claims what the category's caps leave, unless it is not sent", () => {
    const rules: Partial<CategoryBody> = {
      quietHours: { from: "22:00", to: "07:00" },
      caps: [{ limit: 3, windowSeconds: 3600, over: "defer" }],
    };
    const [message] = planned(kind, "transactional", { rules }).turn.messages;
    expect(message?.claim).toMatchObject({
      caps: [{ limit: 3, level: "category" }],
      isHigh: false,
      timing: { zone: "Europe/Vienna", rules: { quietHours: { category: rules.quietHours } } },
    });
    const { turn } = planned(kind, "transactional", { rules, expiresAt: wake });
    expect(turn.messages.map(({ claim }) => claim)).toEqual(kind === "event" ? [] : [null]);
    expect(planned(kind, "transactional").turn.messages[0]?.claim).toBeNull();
  });
});
