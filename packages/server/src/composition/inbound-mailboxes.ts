import { createHash } from "node:crypto";
import { openSession } from "../inbound-mail/imap/imap-session.ts";
import { MailboxReader } from "../inbound-mail/imap/mailbox-reader.ts";
import { type ConfiguredMailbox, Mailboxes } from "../inbound-mail/imap/mailboxes.ts";
import type { MailIntake } from "../inbound-mail/intake.ts";
import { resolveGuarded } from "../lib/address-guard.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { IntegrationConfiguration } from "../ports/configuration.ts";
import type { Foundation } from "./foundation.ts";
import { definitionOf } from "./provider-pool.ts";
import type { Reads } from "./reads.ts";

const pauseMaxMs = 300_000;
const lookMs = 1000;

/** Mailboxes that bounces of integrations come to, each read by one process. */
export function startMailboxes(
  foundation: Foundation,
  intake: MailIntake,
  metrics: Pick<Metrics, "inboundMails">,
  reads: Reads,
): Mailboxes {
  const { config, clock, configuration, environments, engines, log } = foundation;
  const { mailboxPollMs, mailboxTimeoutMs, mailboxPauseMs, mailboxBatchMax, mailboxesMax, mailBytesMax } =
    config.inboundMail;
  const leaseMs = Math.max(3 * mailboxPollMs, 30_000);
  return new Mailboxes({
    clock,
    lookMs,
    mailboxesMax,
    configured: () =>
      environments.flatMap(({ id }) => configuration.integrations(id).flatMap((each) => mailboxOf(each) ?? [])),
    start: ({ environmentId, integration, mailbox }, id) => {
      const lease = `mailbox ${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
      const seat = reads.seat({ kind: "mailbox", environmentId, key: integration });
      let told: string | undefined;
      const reader = new MailboxReader({
        connect: async () => {
          const found = await resolveGuarded(mailbox.host, config.outbound);
          if (found.status === "refused") throw Object.assign(new Error(found.detail), { code: found.code });
          return openSession({ mailbox, address: found.address, timeoutMs: mailboxTimeoutMs, mailBytesMax });
        },
        intake,
        clock,
        mayRead: async () => {
          const isHere = await engines.leases.hold(lease, leaseMs);
          if (!isHere) seat.leave();
          return isHere;
        },
        pollMs: mailboxPollMs,
        pauseMs: mailboxPauseMs,
        pauseMaxMs,
        batchMax: mailboxBatchMax,
        mailBytesMax,
        onState: ({ readAt, fault }, error) => {
          metrics.inboundMails.mailboxRead(integration, readAt, fault === undefined);
          seat.tell(fault);
          if (fault !== undefined && fault !== told)
            log.warn("a mailbox of bounces cannot be read", { environmentId, integration, code: fault, error });
          if (fault === undefined && told !== undefined)
            log.info("a mailbox of bounces is read again", { environmentId, integration });
          told = fault;
        },
      });
      return { stop: () => reader.stop().finally(() => seat.leave()) };
    },
  });
}

/** Undefined where it has none, is disabled, or its settings do not fit its provider any more. */
function mailboxOf(integration: IntegrationConfiguration): ConfiguredMailbox | undefined {
  const { environmentId, key, document, secrets } = integration;
  const definition = definitionOf(integration);
  if (definition?.returnMailbox === undefined || document.enabled === false) return undefined;
  const settings = definition.schema.safeParse({ ...document.settings, ...secrets });
  const mailbox = settings.success ? definition.returnMailbox(settings.data) : undefined;
  return mailbox === undefined ? undefined : { environmentId, integration: key, mailbox };
}
