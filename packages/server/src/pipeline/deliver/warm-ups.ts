import { dayOf, integrationAllowance, startOfDay } from "../../domain/allowance.ts";
import { bouncesFrom, capOfDay, historyDays, isStopped } from "../../domain/warm-up.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { AllowanceStore } from "../../ports/store/allowances.ts";
import { integrationKey } from "./destination-circuits.ts";

export interface WarmUpParts {
  store: Pick<AllowanceStore, "allowancesOf" | "bounceSums">;
  clock: Clock;
  observer: WarmUpObserver;
}

export interface WarmUpObserver {
  /** Too many of an integration's messages bounce while it warms up: it is avoided; `undefined`: it goes on. */
  onWarmUp(integration: IntegrationConfiguration, stopped: { sent: number; bounced: number } | undefined): void;
}

/** How an integration's warm-up stands today. */
export interface WarmUpStand {
  /** Undefined where the plan is over. */
  cap: number | undefined;
  isStopped: boolean;
}

interface Known extends WarmUpStand {
  integration: IntegrationConfiguration;
  day: number;
}

/** How integrations warm up, by their plans, what they were used for and what bounced; read when asked for, and at each look. */
export class WarmUps {
  readonly #on: WarmUpParts;
  readonly #known = new Map<string, Known>();
  readonly #loading = new Map<string, Promise<void>>();

  constructor(on: WarmUpParts) {
    this.#on = on;
  }

  /** Undefined where it has to be loaded. */
  standOf(integration: IntegrationConfiguration): WarmUpStand | undefined {
    const known = this.#known.get(integrationKey(integration));
    if (known === undefined || known.integration.version !== integration.version) return undefined;
    return known.day === dayOf(this.#on.clock.now()) ? known : undefined;
  }

  load(integration: IntegrationConfiguration): Promise<void> {
    const name = `${integrationKey(integration)}:${integration.version}`;
    const known = this.#loading.get(name);
    if (known !== undefined) return known;
    const loading = this.#read(integration).finally(() => this.#loading.delete(name));
    this.#loading.set(name, loading);
    return loading;
  }

  /** Reads anew what bounces, of those that are warming up. */
  async look(): Promise<void> {
    for (const { integration, cap, day } of [...this.#known.values()]) {
      if (day !== dayOf(this.#on.clock.now())) this.#forgetOld(integration);
      else if (cap !== undefined) await this.load(integration);
    }
  }

  get size(): number {
    return this.#known.size;
  }

  #forgetOld(integration: IntegrationConfiguration): void {
    this.#known.delete(integrationKey(integration));
  }

  async #read(integration: IntegrationConfiguration): Promise<void> {
    const { warmUp } = integration.document;
    if (warmUp === undefined) return;
    const { environmentId, key } = integration;
    const day = dayOf(this.#on.clock.now());
    const keys = [integrationAllowance(key)];
    const rows = await this.#on.store.allowancesOf({ environmentId, keys, fromDay: day - historyDays, toDay: day });
    const usedDays = rows.map((row) => row.day);
    const cap = capOfDay(warmUp, usedDays, day);
    const bounces = cap === undefined ? undefined : await this.#bouncesOf(integration, day);
    const stopped = bounces !== undefined && isStopped(warmUp, bounces.sent, bounces.bounced) ? bounces : undefined;
    const before = this.#known.get(integrationKey(integration));
    this.#known.set(integrationKey(integration), { integration, day, cap, isStopped: stopped !== undefined });
    if ((before?.isStopped ?? false) !== (stopped !== undefined)) this.#on.observer.onWarmUp(integration, stopped);
  }

  async #bouncesOf({ environmentId, key, document }: IntegrationConfiguration, day: number) {
    const from = document.warmUp === undefined ? day : bouncesFrom(document.warmUp, day);
    const minutes = { fromMinute: startOfDay(from) / 60_000, toMinute: startOfDay(day + 1) / 60_000 };
    const sums = await this.#on.store.bounceSums({ environmentId, ...minutes });
    return sums.find(({ integration }) => integration === key) ?? { sent: 0, bounced: 0 };
  }
}
