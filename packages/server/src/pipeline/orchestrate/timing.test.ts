import { randomBytes } from "node:crypto";
import type { CapBody } from "@tidings/contract/caps";
import type { CategoryBody } from "@tidings/contract/categories";
import type { PolicyBody } from "@tidings/contract/policies";
import type { PreferencesBody } from "@tidings/contract/preferences";
import type { Channel, Lane } from "@tidings/contract/words";
import { describe, expect, test } from "vitest";
import { noChoices } from "../../domain/policy/choices.ts";
import { stepKinds } from "../../domain/steps/step-kinds.ts";
import { IdSource } from "../../lib/ids.ts";
import { Keyring } from "../../lib/keyring.ts";
import type { Configuration, Versioned } from "../../ports/configuration.ts";
import type { Tenant } from "../../ports/tenants.ts";
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

interface Given {
  expiresAt?: number;
  rules?: Partial<CategoryBody>;
  policy?: PolicyBody;
  tenant?: Partial<Tenant>;
  preferences?: PreferencesBody;
  channel?: Channel;
}

function planned(kind: "event" | "message", lane: Lane, over: Given = {}) {
  const { channel = "email" } = over;
  const keyring = new Keyring(randomBytes(32), randomBytes, 10);
  const rules: Partial<CategoryBody> = over.rules ?? { quietHours: { from: "22:00", to: "07:00" } };
  const configuration: Configuration = {
    workflowsFor: () => [
      versioned("w", {
        category: "c",
        steps: [{ id: "mail", type: "channel", channel, template: "t" }],
      }),
    ],
    category: (_, key) => versioned(key, { class: lane, ...rules }),
    policy: () => (over.policy === undefined ? undefined : versioned("environment", over.policy)),
    segment: () => undefined,
    laneOf: () => lane,
    currentTemplate: (_, key) => versioned(key, { email: { subject: "s", text: "t" } }),
    integrations: () => [],
    workflowVersion: async () => undefined,
    templateVersion: async () => undefined,
  };
  const person: Person = {
    id: "u",
    wrappedKey: "",
    updatedAt: now - 86_400_000,
    profile: { timeZone: "Europe/Vienna", country: undefined, attributes: {} },
    secrets: { addresses: [{ channel, hash: "h", value: "u@example.org" }], personal: {} },
    choices: { ...noChoices, preferences: over.preferences ?? {} },
    facts: { id: "u", locale: undefined, timeZone: "Europe/Vienna", country: undefined, attributes: {} },
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
      tenant: over.tenant === undefined ? "" : "acme",
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
      ...(kind === "message" ? { message: { channel, category: "c", content: { subject: "s", text: "t" } } } : {}),
    },
    inline: [],
  };
  const tenants = { find: () => ({ key: "acme", name: undefined, branding: {}, ...over.tenant }) };
  const lookBack = { looksBack: () => false };
  const awaited = { awaitedAs: () => [] };
  const dataSchemas = { dataFaults: () => [] };
  const services = { awaited, configuration, dataSchemas, ids, keyring, limits, lookBack, steps: stepKinds, tenants };
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
      // an address is known since the recipient's data is
      expect(deliveries).toMatchObject([{ to: "u@example.org", addressKnownSince: now - 86_400_000 }]);
      expect(turn.messages[0]?.dueAt).toBe(now);
    }
  });

  test("waits by those of the recipient, else the tenant, else the category, else the environment", () => {
    const night = { from: "22:00", to: "07:00" };
    const long = { from: "22:00", to: "08:00" };
    const levelOf = (over: Parameters<typeof planned>[2]) => {
      const { turn } = planned(kind, "transactional", { rules: {}, ...over });
      const made: { detail?: string }[] = JSON.parse(turn.messages[0]?.decisions ?? "[]");
      return made[1]?.detail?.replace(/ until.*/, "");
    };
    const environment = { policy: { quietHours: night } };
    const category = { ...environment, rules: { quietHours: long } };
    const tenant = { ...category, tenant: { quietHours: night } };
    expect(levelOf(environment)).toBe("environment: 22:00-07:00");
    expect(levelOf(category)).toBe("category: 22:00-08:00");
    expect(levelOf(tenant)).toBe("tenant: 22:00-07:00");
    expect(levelOf({ ...tenant, preferences: { quietHours: long } })).toBe("recipient: 22:00-08:00");
    expect(levelOf({ ...tenant, preferences: { quietHours: false } })).toBeUndefined();
  });

  test("goes out at once in the inbox, which disturbs nobody, unless quiet hours name it", () => {
    const quietHours = { from: "22:00", to: "07:00" };
    const [message] = planned(kind, "transactional", { channel: "in_app" }).turn.messages;
    expect(message).toMatchObject({ dueAt: now });
    const named = { rules: { quietHours: { ...quietHours, channels: ["in_app" as const] } } };
    expect(planned(kind, "transactional", { channel: "in_app", ...named }).turn.messages[0]?.dueAt).toBeGreaterThan(
      now,
    );
  });

  test("claims what caps of tenant and environment leave, beside the category's", () => {
    const once = (): CapBody[] => [{ limit: 1, windowSeconds: 60, over: "drop" }];
    const over = { rules: { caps: once() }, policy: { caps: once() }, tenant: { caps: once() } };
    const [message] = planned(kind, "transactional", over).turn.messages;
    expect(message?.claim?.caps.map(({ level }) => level)).toEqual(["category", "tenant", "environment"]);
    expect(planned(kind, "transactional", { ...over, channel: "in_app" }).turn.messages[0]?.claim).toBeNull();
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
