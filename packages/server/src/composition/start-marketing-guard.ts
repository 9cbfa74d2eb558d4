import { limits } from "@tidings/contract/limits";
import { guardRule } from "../domain/marketing-guard.ts";
import type { Metrics } from "../observe/metrics.ts";
import { MarketingGuard, type Watched } from "../pipeline/feedback/guard/marketing-guard.ts";
import type { Foundation } from "./foundation.ts";
import { definitionOf } from "./provider-pool.ts";

/** Watches marketing in processes that take feedback; elsewhere there is nothing to stop. */
export function startMarketingGuard(foundation: Foundation, metrics: Pick<Metrics, "guard">): { stop(): void } {
  const { config, clock, ids, store, engines, environments, configuration, broadcast, log } = foundation;
  const { everyMs } = config.guard;
  if (everyMs === 0 || !config.process.roles.includes("feedback")) return { stop: () => {} };
  const guard = new MarketingGuard({
    store,
    clock,
    ids,
    leases: engines.leases,
    watched: () => environments.flatMap(({ id }) => watchedOf(configuration, id) ?? []),
    tell: async () => {
      broadcast.publish("configuration");
      await configuration.refresh();
    },
    limits: { everyMs, partRowsMax: config.statistics.partRowsMax, pausesMax: limits.pausesPerEnvironment },
    onPaused: ({ environmentId, integration, breach, reason }) => {
      metrics.guard[breach.cause].inc();
      log.warn("marketing is paused", { environmentId, integration, reason });
    },
    onFault: (error) => log.error("the guard of marketing met a fault", { error }),
  });
  guard.start();
  return guard;
}

/** Integrations behind which nobody or we ourselves deliver have no reputation. One that is disabled sends nothing. */
function watchedOf(configuration: Foundation["configuration"], environmentId: number): Watched | undefined {
  const rule = guardRule(configuration.policy(environmentId)?.document);
  if (rule === undefined) return undefined;
  const integrations = configuration
    .integrations(environmentId)
    .filter((each) => each.document.enabled !== false && definitionOf(each)?.behind === undefined)
    .filter(({ document: { lanes } }) => lanes === undefined || lanes.includes("marketing"))
    .map(({ key }) => key);
  return integrations.length === 0 ? undefined : { environmentId, rule, integrations };
}
