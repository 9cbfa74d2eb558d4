import type { MailboxProvider } from "@tidings/contract/mailbox-providers";
import type { SeededRandom } from "../../lib/seeded-random.ts";
import type { AfterAttempt, AttemptOutcome } from "../../ports/store/deliver.ts";
import type { FeedbackReport } from "../../ports/store/feedback.ts";
import type { MessageRow } from "../../ports/store/log.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import { type Corner, times } from "./corner.conformance.ts";

/** Millionths per attempt, by integration. */
export const prices: Readonly<Record<string, number>> = { smtp: 400, ses: 0, twilio: 79_000 };
const integrations = Object.keys(prices);
const minuteMs = 60_000;

/** A message of a history, with what its row does not show. */
export interface Made {
  message: NewMessage;
  mailbox: MailboxProvider | undefined;
}

/** What happens to messages, made up from a seed: retries, ends, reports that come early, late, twice and in any order. */
export class StatisticHistory {
  readonly #corner: Corner;
  readonly #random: SeededRandom;

  constructor(corner: Corner, random: SeededRandom) {
    this.#corner = corner;
    this.#random = random;
  }

  async run(count: number): Promise<Made[]> {
    const overs = times(count, (index) => ({ ...this.#message(), addressHash: `h${index}` }));
    const messages = await this.#corner.queuedAll(overs);
    await Promise.all(messages.map((message) => this.#live(message)));
    return messages.map((message) => ({ message, mailbox: message.mailbox }));
  }

  #pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[Math.floor(this.#random.number() * items.length)] ?? items[0];
  }

  #chance(of: number): boolean {
    return this.#random.number() < of;
  }

  #message() {
    const channel = this.#pick(["email", "sms"] as const);
    const { at } = this.#corner;
    return {
      channel,
      lane: "transactional" as const,
      category: this.#pick(["orders", "news"]),
      tenant: this.#pick(["", "acme", "globex"]),
      workflow: this.#pick(["", "shipped", "paid"]),
      mailbox: channel === "email" ? this.#pick(["gmail", "outlook", "other"] as const) : undefined,
      dueAt: at + this.#pick([0, 0, 30 * minuteMs]),
    };
  }

  async #live(message: NewMessage): Promise<void> {
    const { store, environmentId, at } = this.#corner;
    if (this.#chance(0.1)) {
      const after = this.#pick([
        { state: "expired", reason: "expired" },
        { state: "canceled", reason: "address_removed" },
      ] as const);
      const settlement = { environmentId, messageId: message.id, attempts: 0, at, after };
      await store.settleMessages({ settlements: [settlement] });
      return;
    }
    for (let number = 1; ; number += 1) {
      const isLast = number === 3 || this.#chance(0.7);
      const integration = integrations[Math.floor(this.#random.number() * integrations.length)] ?? "smtp";
      await this.#corner.start(message, { number, integration });
      if (isLast) return this.#end(message, number, integration);
      const again = this.#pick([
        { outcome: "rejected", code: "again" },
        { outcome: "unknown", code: "again" },
      ] as const);
      await this.#record(message, number, { ...again, integration, after: { state: "queued", dueAt: at } });
    }
  }

  async #end(message: NewMessage, number: number, integration: string): Promise<void> {
    const isAccepted = this.#chance(0.8);
    const early = isAccepted && this.#chance(0.3) ? this.#reports(message) : [];
    await this.#report(early);
    const ends: readonly [AfterAttempt, ...AfterAttempt[]] = [
      { state: "dead", reason: "550", detail: "" },
      { state: "failed", reason: "550" },
    ];
    if (isAccepted) {
      const isLost = early.length > 0 && this.#chance(0.2);
      if (!isLost) await this.#record(message, number, { outcome: "accepted", integration, after: { state: "sent" } });
      await this.#report(this.#reports(message));
    } else
      await this.#record(message, number, { outcome: "rejected", code: "550", integration, after: this.#pick(ends) });
  }

  /** Now and then told again, as after an answer that was lost. */
  async #record(message: NewMessage, number: number, over: Partial<AttemptOutcome>): Promise<void> {
    const { integration = "smtp", outcome } = over;
    const finishedAt = this.#corner.at + number * minuteMs;
    const cost = outcome === "rejected" ? 0 : prices[integration];
    const counted = { mailbox: message.mailbox, cost, latencyMs: outcome === "accepted" ? 700 : undefined };
    const repeats = this.#chance(0.3) ? 2 : 1;
    for (let told = 0; told < repeats; told += 1)
      await this.#corner.record(message, { number, finishedAt, ...counted, ...over });
  }

  #reports(message: NewMessage): FeedbackReport[] {
    const kinds = ["delivered", "bounced", "opened", "clicked", "complained", "failed"] as const;
    const told = kinds.filter(() => this.#chance(0.35));
    const doubled = [...told, ...told.filter(() => this.#chance(0.5))];
    const at = this.#corner.at + 10 * minuteMs;
    return doubled
      .map((kind) => ({ place: this.#random.number(), report: this.#corner.report(message, { kind, at }) }))
      .sort((a, b) => a.place - b.place)
      .map(({ report }) => report);
  }

  async #report(reports: readonly FeedbackReport[]): Promise<void> {
    const now = this.#corner.at + 11 * minuteMs;
    const isTogether = this.#chance(0.5);
    if (isTogether && reports.length > 0) await this.#corner.store.recordFeedback({ reports, now });
    else for (const report of reports) await this.#corner.store.recordFeedback({ reports: [report], now });
  }
}

/** How often each thing happened to a message, as its row shows it: what a reader of all messages would count. */
export function countedInRow(row: MessageRow): ReadonlyMap<string, number> {
  const has = (time: number | null): number => (time === null ? 0 : 1);
  const is = (state: MessageRow["state"]): number => (row.state === state ? 1 : 0);
  return new Map([
    ["queued", 1],
    ["retried", row.attempts.filter(({ code }) => code === "again").length],
    ["sent", has(row.sentAt)],
    ["delivered", has(row.deliveredAt)],
    ["opened", has(row.openedAt)],
    ["clicked", has(row.clickedAt)],
    ["complained", has(row.complainedAt)],
    ["bounced", is("bounced")],
    ["dead", is("dead")],
    ["expired", is("expired")],
    ["canceled", is("canceled")],
  ]);
}

/** The same of what it cost, in millionths. */
export function costOfRow(row: MessageRow): number {
  return row.attempts
    .filter(({ outcome }) => outcome === "accepted" || outcome === "unknown")
    .reduce((sum, { integration }) => sum + (prices[integration] ?? 0), 0);
}
