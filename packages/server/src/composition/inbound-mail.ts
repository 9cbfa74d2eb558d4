import { readFileSync } from "node:fs";
import { MailIntake } from "../inbound-mail/intake.ts";
import { SmtpListener } from "../inbound-mail/smtp-listener.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { IntegrationConfiguration } from "../ports/configuration.ts";
import type { Foundation } from "./foundation.ts";
import { startMailboxes } from "./inbound-mailboxes.ts";
import type { Pipeline } from "./pipeline.ts";
import { definitionOf } from "./provider-pool.ts";
import type { Reads } from "./reads.ts";
import { namesOf } from "./standing.ts";

export interface InboundMailService {
  stop(): Promise<void>;
}

/** Bounces and reports that come by mail, in processes with the role feedback. */
export async function startInboundMail(
  foundation: Foundation,
  pipeline: Pick<Pipeline, "feedback">,
  metrics: Pick<Metrics, "inboundMails">,
  reads: Reads,
): Promise<InboundMailService> {
  const { config, clock, ids, store, keyring, environments } = foundation;
  if (!config.process.roles.includes("feedback")) return { stop: async () => undefined };
  const known = new Set(environments.map(({ id }) => id));
  const intake = new MailIntake({
    clock,
    hash: (environmentId, ...parts) => (known.has(environmentId) ? keyring.hash(environmentId, ...parts) : undefined),
    report: (environmentId, feedback) => pipeline.feedback.report(environmentId, feedback),
    onMail: (way, result) => metrics.inboundMails.count(way, result),
    store,
    newId: () => ids.next(),
    reportsOf: (address) => reportEnvironment(foundation, address),
    domainsOf: (environmentId) => senderDomains(foundation, environmentId),
    limits: config.inboundMail,
  });
  const listener = await startListener(foundation, intake);
  const mailboxes = startMailboxes(foundation, intake, metrics, reads);
  return { stop: async () => void (await Promise.all([listener?.close(), mailboxes.stop()])) };
}

async function startListener(
  { config, clock, log }: Foundation,
  intake: MailIntake,
): Promise<SmtpListener | undefined> {
  const { smtpHost, smtpPort, smtpName, smtpCertFile, smtpKeyFile, ...limits } = config.inboundMail;
  if (smtpPort === 0) return undefined;
  const listener = new SmtpListener({
    intake,
    now: () => clock.now(),
    host: smtpHost,
    port: smtpPort,
    name: smtpName,
    tls:
      smtpCertFile === ""
        ? undefined
        : { cert: readFileSync(smtpCertFile, "utf8"), key: readFileSync(smtpKeyFile, "utf8") },
    connectionsMax: limits.smtpConnectionsMax,
    idleMs: limits.smtpIdleMs,
    lifetimeMs: limits.smtpLifetimeMs,
    mailBytesMax: limits.mailBytesMax,
    onFault: (error) => log.warn("inbound mail by SMTP met a fault", { error }),
  });
  log.info("takes bounces and reports by SMTP", { port: await listener.listen() });
  return listener;
}

/** Addresses by integration as it was written: a sender that tries many must not cost a reading of keys each time. */
const reportAddresses = new WeakMap<IntegrationConfiguration, { address: string | undefined }>();

function reportAddressOf(integration: IntegrationConfiguration): string | undefined {
  const known = reportAddresses.get(integration);
  if (known !== undefined) return known.address;
  const definition = definitionOf(integration);
  const { document, secrets } = integration;
  const settings = definition?.schema.safeParse({ ...document.settings, ...secrets });
  const address = settings?.success === true ? definition?.reportAddress?.(settings.data)?.toLowerCase() : undefined;
  reportAddresses.set(integration, { address });
  return address;
}

/** Environment of the integration that names the address for its reports. */
function reportEnvironment({ configuration, environments }: Foundation, address: string): number | undefined {
  const wanted = address.toLowerCase();
  return environments.find(({ id }) => configuration.integrations(id).some((each) => reportAddressOf(each) === wanted))
    ?.id;
}

function senderDomains({ configuration }: Foundation, environmentId: number): ReadonlySet<string> {
  return new Set(
    configuration.integrations(environmentId).flatMap((integration) => Object.values(namesOf(integration)?.from ?? {})),
  );
}
