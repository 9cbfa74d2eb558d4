import type { MarketingGuard as Rule } from "@tidings/contract/marketing-guard";
import { type Breach, breachOf, breachText } from "../../../domain/marketing-guard.ts";
import type { Clock, Timer } from "../../../ports/clock.ts";
import type { Ids } from "../../../ports/ids.ts";
import type { PauseStore } from "../../../ports/store/pauses.ts";
import type { StatisticStore } from "../../../ports/store/statistics.ts";
import type { Leases } from "../../../ports/workers.ts";
import { MarketingPauses } from "./marketing-pauses.ts";
import { MarketingSums } from "./marketing-sums.ts";

/** An environment whose marketing is watched, and the integrations that carry it. */
export interface Watched {
  environmentId: number;
  rule: Rule;
  integrations: readonly string[];
}

export interface MarketingGuardParts {
  store: Pick<StatisticStore, "sumStatistics"> & Pick<PauseStore, "pausesSince" | "putPause">;
  clock: Clock;
  ids: Ids;
  /** One process does it for all. */
  leases: Leases;
  watched: () => readonly Watched[];
  /** Makes a pause that was written known to all processes. */
  tell: () => Promise<void>;
  limits: { everyMs: number; partRowsMax: number; pausesMax: number };
  onPaused: (pause: { environmentId: number; integration: string; breach: Breach; reason: string }) => void;
  onFault: (error: unknown) => void;
}

const hourMs = 3_600_000;

/**
 * Pauses marketing by an integration where more complain or bounce than the environment's rule bears. It looks at sums that are kept as
 * things happen, never at messages. What is critical or transactional is not touched. A pause that was ended is not set again by
 * what was counted before.
 */
export class MarketingGuard {
  readonly #parts: MarketingGuardParts;
  readonly #sums = new Map<number, MarketingSums>();
  #pauses: MarketingPauses;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(parts: MarketingGuardParts) {
    this.#parts = parts;
    this.#pauses = new MarketingPauses(parts.store);
  }

  start(): void {
    if (this.#stopped) return;
    const { clock, limits } = this.#parts;
    this.#timer = clock.after(limits.everyMs, () => void this.look().finally(() => this.start()));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** One look at all environments. Resolves when it is over, whatever came of it. */
  async look(): Promise<void> {
    const { leases, limits, onFault } = this.#parts;
    try {
      // Whoever takes the lease over begins with what the store has.
      if (!(await leases.hold("marketing-guard", 3 * limits.everyMs))) return this.#forget();
      await this.#pauses.catchUp();
      const all = this.#parts.watched();
      const known = new Set(all.map(({ environmentId }) => environmentId));
      for (const environmentId of this.#sums.keys()) if (!known.has(environmentId)) this.#sums.delete(environmentId);
      for (const watched of all) await this.#lookAt(watched);
    } catch (error) {
      if (!this.#stopped) onFault(error);
    }
  }

  #forget(): void {
    this.#sums.clear();
    this.#pauses = new MarketingPauses(this.#parts.store);
  }

  async #lookAt({ environmentId, rule, integrations }: Watched): Promise<void> {
    const { store, clock, limits } = this.#parts;
    const now = clock.now();
    const fromMs = now - rule.hours * hourMs;
    const sums =
      this.#sums.get(environmentId) ?? new MarketingSums({ store, environmentId, rowsMax: limits.partRowsMax });
    this.#sums.set(environmentId, sums);
    await sums.read(fromMs, now);
    for (const integration of integrations) {
      if (this.#pauses.isPaused(environmentId, integration, now)) continue;
      const figures = sums.of(integration, Math.max(fromMs, this.#pauses.endedAt(environmentId, integration)));
      const breach = breachOf(figures, rule);
      if (breach !== undefined) await this.#pause(environmentId, integration, { rule, breach, now });
    }
  }

  async #pause(
    environmentId: number,
    integration: string,
    { rule, breach, now }: { rule: Rule; breach: Breach; now: number },
  ): Promise<void> {
    const { store, ids, limits, tell, onPaused } = this.#parts;
    const reason = breachText(breach, rule);
    const until = rule.resumeAfterHours === undefined ? null : now + rule.resumeAfterHours * hourMs;
    const name = { environmentId, kind: "marketing", key: integration, tenant: "" } as const;
    const row = await store.putPause({ ...name, id: ids.next(), reason, until, now, pausesMax: limits.pausesMax });
    if (row === undefined)
      throw new Error(`marketing by ${integration} is not paused: ${limits.pausesMax} pauses are in force`);
    await tell();
    await this.#pauses.catchUp();
    onPaused({ environmentId, integration, breach, reason });
  }
}
