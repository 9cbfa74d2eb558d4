import type { Metrics } from "../observe/metrics.ts";
import type { Foundation } from "./foundation.ts";
import { startHousekeeping } from "./housekeeping.ts";
import type { ProviderPool } from "./provider-pool.ts";
import { startMarketingGuard } from "./start-marketing-guard.ts";
import { type Probes, startProbes } from "./start-probes.ts";

export type Upkeep = Probes;

/** What looks after the store and the integrations by itself, beside the pipeline. */
export function startUpkeep(
  foundation: Foundation,
  pool: Pick<ProviderPool, "providerOf">,
  metrics: Pick<Metrics, "guard">,
): Upkeep {
  const housekeeping = keepHouse(foundation);
  const probes = startProbes(foundation, pool);
  const guard = startMarketingGuard(foundation, metrics);
  return {
    standing: probes.standing,
    stop: () => {
      housekeeping.stop();
      probes.stop();
      guard.stop();
    },
  };
}

function keepHouse({ store, clock, config, engines, log }: Foundation) {
  return startHousekeeping({
    store,
    clock,
    leases: engines.leases,
    intervalMs: config.store.purgeIntervalMs,
    rowsMax: config.store.purgeRowsMax,
    webhookRetentionMs: config.webhooks.retentionMs,
    campaignRetentionMs: config.database.retentionDays * 86_400_000,
    inbox: config.inbox,
    dmarcDays: config.inboundMail.dmarcDays,
    statistics: config.statistics,
    onFault: (error) => log.error("housekeeping met a fault", { error }),
  });
}
