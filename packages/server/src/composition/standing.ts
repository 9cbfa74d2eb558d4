import type { MailSender } from "@tidings/contract/readiness";
import type { StandingPort } from "../api/standing-port.ts";
import { standOf } from "../domain/probe.ts";
import { channelUses } from "../domain/readiness/channel-uses.ts";
import type { IntegrationFacts } from "../domain/readiness/facts.ts";
import type { IntegrationConfiguration } from "../ports/configuration.ts";
import type { MailSenderNames, Provider } from "../ports/provider.ts";
import type { PauseRow } from "../ports/store/pauses.ts";
import type { ProbeRow } from "../ports/store/probes.ts";
import type { Foundation } from "./foundation.ts";
import type { Prober } from "./prober.ts";
import { definitionOf, settingsOf } from "./provider-pool.ts";

interface Parts {
  foundation: Pick<Foundation, "config" | "clock" | "configuration" | "store" | "engines" | "environments">;
  prober: Pick<Prober, "probe">;
  providerOf: (integration: IntegrationConfiguration) => Provider | undefined;
}

/** How integrations stand, by the configuration that is in force here and what the store knows of probes. */
export function createStanding({ foundation, prober, providerOf }: Parts): StandingPort {
  const { config, clock, configuration, store, engines, environments } = foundation;
  return {
    probe: async (environmentId, key) => {
      const integration = configuration.integrations(environmentId).find((each) => each.key === key);
      return integration === undefined ? undefined : prober.probe(integration);
    },
    facts: async (environmentId) => {
      const rows = await store.listProbes({ environmentId });
      const pauses = await store.listPauses({ environmentId });
      const paused = new Map(pauses.flatMap((row) => (isOfMarketing(row) ? [[row.key, row.reason] as const] : [])));
      const workers = await engines.workers.list();
      const environment = environments.find(({ id }) => id === environmentId)?.key;
      const reads = workers.flatMap(({ facts }) => facts.reads ?? []);
      const workflows = configuration.workflows(environmentId).map(({ document }) => document);
      return {
        now: clock.now(),
        integrations: configuration.integrations(environmentId).map((integration) => ({
          ...factsOf(integration, providerOf(integration), rows),
          marketingPaused: paused.get(integration.key),
        })),
        uses: channelUses(workflows, (category) => configuration.laneOf(environmentId, category)),
        reads: reads.filter((read) => read.environment === environment),
        publicUrl: config.optOut.publicUrl,
      };
    },
    mailSenders: (environmentId) =>
      configuration.integrations(environmentId).flatMap((integration) => mailSender(integration) ?? []),
  };
}

/** In force, and of more than one tenant. */
const isOfMarketing = ({ kind, tenant, endedAt }: PauseRow): boolean =>
  kind === "marketing" && tenant === "" && endedAt === null;

function factsOf(
  integration: IntegrationConfiguration,
  provider: Provider | undefined,
  rows: readonly ProbeRow[],
): Omit<IntegrationFacts, "marketingPaused"> {
  const { key, version, document } = integration;
  const definition = definitionOf(integration);
  const isUsable = provider !== undefined && definition !== undefined;
  const names = namesOf(integration);
  const row = rows.find((each) => each.integration === key);
  return {
    key,
    document,
    behind: definition?.behind ?? "vendor",
    isUsable,
    isAlone: definition?.serves !== undefined,
    reports:
      isUsable &&
      definition.feedback !== undefined &&
      (definition.reports?.(settingsOf(definition, integration)) ?? true),
    domainOf: (lane) => names?.from[lane] ?? names?.from.default,
    stand: standOf(row, version),
    goodAt: row?.goodAt ?? undefined,
  };
}

/** Undefined where it sends no mail under names of ours, or its settings do not fit its provider any more. */
function mailSender(integration: IntegrationConfiguration): MailSender | undefined {
  const { key, document } = integration;
  const names = namesOf(integration);
  if (names === undefined) return undefined;
  const { from, returnPath, dkim } = names;
  return {
    integration: key,
    provider: document.provider,
    enabled: document.enabled !== false,
    from: [...new Set(Object.values(from))].sort(),
    returnPath,
    dkim: [...dkim],
  };
}

export function namesOf(integration: IntegrationConfiguration): MailSenderNames | undefined {
  const definition = definitionOf(integration);
  if (definition?.mailSender === undefined) return undefined;
  const settings = definition.schema.safeParse({ ...integration.document.settings, ...integration.secrets });
  return settings.success ? definition.mailSender(settings.data) : undefined;
}
