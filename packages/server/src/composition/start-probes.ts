import type { StandingPort } from "../api/standing-port.ts";
import type { IntegrationConfiguration } from "../ports/configuration.ts";
import type { Foundation } from "./foundation.ts";
import { startProbeRounds } from "./probe-rounds.ts";
import { Prober } from "./prober.ts";
import { definitionOf, type ProviderPool } from "./provider-pool.ts";
import { createStanding } from "./standing.ts";

export interface Probes {
  standing: StandingPort;
  stop(): void;
}

/** Probes on demand in every process; by themselves in those that deliver, as these are let out to the vendors. */
export function startProbes(foundation: Foundation, pool: Pick<ProviderPool, "providerOf">): Probes {
  const { config, clock, random, ids, store, engines, environments, configuration, log } = foundation;
  const providerOf = (integration: IntegrationConfiguration) => pool.providerOf(integration);
  const { timeoutMs } = config.probes;
  const prober = new Prober({ store, clock, providerOf, hasVendor, newId: () => ids.next(), timeoutMs });
  const asksByItself = config.process.roles.includes("deliver") && config.probes.everyMs > 0;
  const rounds = !asksByItself
    ? undefined
    : startProbeRounds({
        store,
        clock,
        random,
        leases: engines.leases,
        integrations: () =>
          environments
            .flatMap(({ id }) => configuration.integrations(id))
            .filter((integration) => integration.document.enabled !== false && hasVendor(integration)),
        probe: (integration) => prober.probe(integration),
        limits: config.probes,
        onProbed: ({ environmentId, integration, status, code }) => {
          if (status === "failed") log.warn("an integration does not work", { environmentId, integration, code });
        },
        onFault: (error) => log.error("probes met a fault", { error }),
      });
  return { standing: createStanding({ foundation, prober, providerOf }), stop: () => rounds?.stop() };
}

/** One whose provider nobody knows has one that is missing here. */
function hasVendor(integration: IntegrationConfiguration): boolean {
  return definitionOf(integration)?.behind === undefined;
}
