import type { ConfigurationKind } from "@tidings/contract/configuration";
import { actCategories, actSegments, actTemplates, actWorkflows } from "./acts/documents.ts";

/** What the simulated environment is configured with: all three classes, and every kind of step. */

interface VendorDocument {
  channel: "email" | "sms";
  lanes: readonly string[];
  priority: number;
  limits?: { maxInFlight?: number; ratePerSecond?: number };
  /** Not part of the document: what the vendor behind it is like. */
  vendor: { maxBatch: number; idempotent: boolean };
}

/** Each lane has one integration to fail over to, so that a repeated attempt may take another way. */
export const vendors: Readonly<Record<string, VendorDocument>> = {
  "mail-one": {
    channel: "email",
    lanes: ["critical", "transactional"],
    priority: 1,
    vendor: { maxBatch: 1, idempotent: false },
  },
  "mail-two": {
    channel: "email",
    lanes: ["critical", "transactional"],
    priority: 2,
    vendor: { maxBatch: 3, idempotent: true },
  },
  "news-one": { channel: "email", lanes: ["marketing"], priority: 1, vendor: { maxBatch: 4, idempotent: true } },
  "news-two": { channel: "email", lanes: ["marketing"], priority: 2, vendor: { maxBatch: 1, idempotent: false } },
  "sms-one": {
    channel: "sms",
    lanes: ["critical", "transactional"],
    priority: 1,
    limits: { maxInFlight: 3, ratePerSecond: 4 },
    vendor: { maxBatch: 1, idempotent: true },
  },
  "sms-news": { channel: "sms", lanes: ["marketing"], priority: 1, vendor: { maxBatch: 2, idempotent: false } },
};

const categories = {
  security: { class: "critical", retry: { delaysSeconds: [1, 2, 4] } },
  orders: { class: "transactional", retry: { delaysSeconds: [1, 3, 5, 8] } },
  news: { class: "marketing", retry: { delaysSeconds: [2, 4, 6] } },
};

const line = "{{data.ref}}|{{data.title}}|{{steps.draw.body.value}}{{steps.draw.error}}|{{recipient.id}}";
const template = { email: { subject: line, text: "{{message.id}}" }, sms: { text: line } };

export interface SimulatedStep {
  id: string;
  type: string;
  channel?: "email" | "sms";
  template?: string;
  collapseKey?: string;
  seconds?: number;
  request?: { method: string; url: string };
  timeoutMs?: number;
  onError?: "fail" | "continue";
  key?: string;
  window?: { kind: "fixed"; seconds: number } | { kind: "sliding"; seconds: number; maxSeconds: number };
  maxEvents?: number;
  event?: string;
  data?: unknown;
  timeoutSeconds?: number;
  match?: Readonly<Record<string, string>>;
  recipient?: "any";
  if?: unknown;
  then?: readonly SimulatedStep[];
  else?: readonly SimulatedStep[];
}

export interface SimulatedWorkflow {
  event: string;
  category: keyof typeof categories;
  dedupe?: { key: string; windowSeconds: number };
  steps: readonly SimulatedStep[];
}

const email = (id: string): SimulatedStep => ({ id, type: "channel", channel: "email", template: "notice" });
const sms = (id: string): SimulatedStep => ({ id, type: "channel", channel: "sms", template: "notice" });
const delay = (id: string, seconds: number): SimulatedStep => ({ id, type: "delay", seconds });

/** A fetch whose answer differs each time that it is asked for. */
export const drawId = "draw";
const draw = (onError: "fail" | "continue", host: string): SimulatedStep => ({
  id: drawId,
  type: "fetch",
  request: { method: "GET", url: `https://${host}/{{data.ref}}?poison={{data.poison}}` },
  timeoutMs: 2000,
  onError,
});

/** Gathers what has one amount; nothing is sent behind it, so that what it gathered is looked at by itself. */
export const digestId = "sum";
const digest = (window: NonNullable<SimulatedStep["window"]>, maxEvents: number): SimulatedStep => ({
  id: digestId,
  type: "digest",
  key: "data.amount",
  window,
  maxEvents,
});

/** The event that a step sends, which starts nothing. */
export const toldName = "follow.told";
export const tellId = "tell";
/** The event that carts wait for, which starts nothing. */
export const paidName = "cart.paid";
export const paidId = "paid";
/** Waits for a payment of the same amount, and says by its message whether one came. */
const paid = (timeoutSeconds: number, recipient?: "any"): SimulatedStep[] => [
  {
    id: paidId,
    type: "wait_for",
    event: paidName,
    timeoutSeconds,
    match: { "data.amount": "data.amount" },
    ...(recipient === undefined ? {} : { recipient }),
  },
  {
    id: "bought",
    type: "condition",
    if: { field: `steps.${paidId}.arrived`, op: "eq", value: true },
    // biome-ignore lint/suspicious/noThenProperty: `then` is the field's word in workflow definitions
    then: [email("thanks")],
    else: [email("remind")],
  },
];

const amount = { field: "data.amount", op: "gte", value: 100 };
const plan = { field: "recipient.attributes.plan", op: "eq", value: "pro" };
const reached = { field: "steps.first.state", op: "in", value: ["sent", "delivered"] };

export const workflows: Readonly<Record<string, SimulatedWorkflow>> = {
  "password-reset": { event: "password.reset", category: "security", steps: [email("mail")] },
  "order-shipped": {
    event: "order.shipped",
    category: "orders",
    steps: [email("first"), delay("pause", 7), email("second")],
  },
  "order-promo": { event: "order.shipped", category: "news", steps: [email("promo")] },
  newsletter: {
    event: "newsletter",
    category: "news",
    dedupe: { key: "data.issue", windowSeconds: 30 },
    steps: [email("mail"), sms("text")],
  },
  "plan-notice": {
    event: "plan.notice",
    category: "orders",
    steps: [
      // biome-ignore lint/suspicious/noThenProperty: `then` is the field's word in workflow definitions
      { id: "amount", type: "condition", if: amount, then: [email("big")], else: [sms("small"), delay("wait", 5)] },
      // biome-ignore lint/suspicious/noThenProperty: `then` is the field's word in workflow definitions
      { id: "plan", type: "condition", if: plan, then: [email("pro")] },
    ],
  },
  "follow-up": {
    event: "follow.up",
    category: "orders",
    steps: [
      email("first"),
      delay("pause", 12),
      { id: tellId, type: "event", event: toldName, data: { who: { $: "recipient.id" } } },
      // biome-ignore lint/suspicious/noThenProperty: `then` is the field's word in workflow definitions
      { id: "reached", type: "condition", if: reached, then: [sms("thanks")], else: [email("again")] },
    ],
  },
  score: {
    event: "score.changed",
    category: "orders",
    steps: [{ ...email("score"), collapseKey: "data.amount" }],
  },
  "comment-digest": {
    event: "comment.made",
    category: "orders",
    steps: [digest({ kind: "fixed", seconds: 8 }, 4)],
  },
  "order-digest": {
    event: "order.shipped",
    category: "news",
    steps: [delay("pause", 3), digest({ kind: "sliding", seconds: 6, maxSeconds: 15 }, 3)],
  },
  cart: { event: "cart.left", category: "orders", steps: paid(6) },
  "cart-of-all": { event: "cart.left", category: "news", steps: [delay("pause", 3), ...paid(5, "any")] },
  lottery: {
    event: "lottery.drawn",
    category: "orders",
    steps: [draw("fail", "lottery.example"), email("before"), delay("pause", 9), email("after"), sms("text")],
  },
  raffle: {
    event: "lottery.drawn",
    category: "news",
    steps: [email("hello"), delay("pause", 5), draw("continue", "raffle.example"), email("prize")],
  },
};

interface Document {
  kind: ConfigurationKind;
  key: string;
  document: unknown;
}

/** In the order in which they have to be written. */
export function documents(): Document[] {
  const of = (kind: ConfigurationKind, all: Readonly<Record<string, unknown>>): Document[] =>
    Object.entries(all).map(([key, document]) => ({ kind, key, document }));
  const integrations = Object.fromEntries(
    Object.entries(vendors).map(([key, { vendor: _, ...document }]) => [key, { ...document, provider: "simulated" }]),
  );
  return [
    ...of("category", { ...categories, ...actCategories }),
    ...of("template", { notice: template, ...actTemplates }),
    ...of("segment", actSegments),
    ...of("integration", integrations),
    ...of("workflow", { ...workflows, ...actWorkflows }),
  ];
}

export function laneOf(workflow: string): "critical" | "transactional" | "marketing" {
  const category = workflows[workflow]?.category ?? "news";
  return category === "security" ? "critical" : category === "orders" ? "transactional" : "marketing";
}

/**
 * Attempts that the retry schedule of a lane allows: a round of all its integrations, and one after each delay. The last round
 * ends sooner where no other integration lets messages through.
 */
export function attemptsOf(
  lane: "critical" | "transactional" | "marketing",
  channel: string,
): { min: number; max: number } {
  const integrations = Object.values(vendors).filter((one) => one.channel === channel && one.lanes.includes(lane));
  const rounds = lane === "transactional" ? 5 : 4;
  return { min: (rounds - 1) * integrations.length + 1, max: rounds * integrations.length };
}
