import type { DayReason } from "@tidings/contract/allowances";
import type { Lane } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import type { Timer } from "../../ports/clock.ts";
import type { Configuration, IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Tenants } from "../../ports/tenants.ts";
import { ClaimBook } from "./claim-book.ts";
import { isTolled } from "./claims.ts";
import type { PurseParts } from "./purse.ts";
import { Purses } from "./purses.ts";
import { type Paid, Till } from "./till.ts";
import { type WarmUpObserver, type WarmUpParts, WarmUps } from "./warm-ups.ts";

export interface TollLimits {
  /** Messages for which a process sets something aside at once. */
  chunkMax: number;
  /** Allowances of which something is kept in memory. */
  pursesMax: number;
  /** How long nothing is asked of an allowance that was found used up. */
  usedUpMs: number;
  /** How often bounces of warm-ups are looked at, and what lies idle is given back. */
  lookMs: number;
}

export interface TollObserver extends WarmUpObserver {
  /** Of a day's allowance nothing is left; told once a day. */
  onUsedUp(environmentId: number, key: string, reason: DayReason): void;
  onFault(where: string, id: string, error: unknown): void;
}

export interface TollParts {
  store: PurseParts["store"] & WarmUpParts["store"];
  clock: PurseParts["clock"];
  configuration: Pick<Configuration, "policy">;
  tenants: Tenants;
  observer: TollObserver;
}

/**
 * What attempts take of days' allowances, before they are STARTED: of their integration's quota and warm-up, and of budgets.
 * Integrations that have none of these cost a look at three fields.
 */
export class Tolls {
  readonly #on: TollParts;
  readonly #limits: TollLimits;
  readonly #purses: Purses;
  readonly #till: Till;
  readonly #warmUps: WarmUps;
  readonly #book: ClaimBook;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(on: TollParts, limits: TollLimits) {
    this.#on = on;
    this.#limits = limits;
    this.#purses = new Purses({ ...on, usedUpMs: limits.usedUpMs }, limits.pursesMax);
    this.#till = new Till({
      purses: this.#purses,
      clock: on.clock,
      chunkMax: limits.chunkMax,
      onUsedUp: (environmentId, key, reason) => on.observer.onUsedUp(environmentId, key, reason),
    });
    this.#warmUps = new WarmUps(on);
    this.#book = new ClaimBook({ ...on, warmUps: this.#warmUps });
  }

  /** Why an integration takes no more messages of a lane today, as far as is known; undefined where it does. */
  holdsBack(integration: IntegrationConfiguration, lane: Lane): DayReason | undefined {
    if (!isTolled(integration)) return undefined;
    const claim = this.#book.quota(integration, lane);
    return claim !== undefined && this.#till.isOut(integration.environmentId, claim) ? claim.reason : undefined;
  }

  /** Whether a budget is known to hold the message back. */
  isOverBudget(integration: IntegrationConfiguration, delivery: Delivery): boolean {
    if (integration.document.price === undefined || delivery.origin.lane === "critical") return false;
    return (
      this.#book.budgets(integration, delivery)?.some((claim) => this.#till.isOut(integration.environmentId, claim)) ===
      true
    );
  }

  /** Takes what one attempt needs, where all of it is in memory. */
  takeNow(integration: IntegrationConfiguration, delivery: Delivery): readonly Paid[] | undefined {
    const { lane } = delivery.origin;
    if (this.#book.lacksStand(integration)) return undefined;
    const claims = this.#book.of(integration, delivery, lane);
    return claims && this.#till.payNow(integration.environmentId, claims);
  }

  /** The same for several of one lane, asking the store where there is too little: along the messages, or why one is held back. */
  async take(
    integration: IntegrationConfiguration,
    deliveries: readonly Delivery[],
    lane: Lane,
  ): Promise<(readonly Paid[] | DayReason)[]> {
    this.#arm();
    const given: (readonly Paid[] | DayReason)[] = [];
    try {
      if (this.#book.lacksStand(integration)) await this.#warmUps.load(integration);
      for (const [index, delivery] of deliveries.entries()) {
        const { environmentId, tenant } = delivery.origin;
        let claims = this.#book.of(integration, delivery, lane);
        if (claims === undefined) {
          const loaded = await this.#on.tenants.load(environmentId, tenant);
          claims = this.#book.of(integration, delivery, lane, loaded) ?? [];
        }
        const paid = this.#till.payNow(environmentId, claims);
        given.push(paid ?? (await this.#till.payAll(environmentId, claims, deliveries.length - index)));
      }
      return given;
    } catch (error) {
      for (const paid of given) if (typeof paid !== "string") this.putBack(paid);
      throw error;
    }
  }

  /** The attempt was not STARTED. */
  putBack(paid: readonly Paid[]): void {
    this.#till.putBack(paid);
  }

  /** Gives back what is not used. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#purses.giveBackAll().catch((error: unknown) => this.#on.observer.onFault("allowances", "", error));
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = this.#on.clock.after(this.#limits.lookMs, () => {
      this.#timer = undefined;
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    try {
      await this.#warmUps.look();
      await this.#purses.giveBackIdle();
    } catch (error) {
      this.#on.observer.onFault("allowances", "", error);
    }
    if (this.#purses.size + this.#warmUps.size > 0) this.#arm();
  }
}
