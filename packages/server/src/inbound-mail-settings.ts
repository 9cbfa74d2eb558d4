import { z } from "zod";
import { text, whole } from "./setting-kinds.ts";
import type { SettingFault } from "./settings-sources.ts";

const MIB = 1024 * 1024;

/** Settings of mail that comes in, a part of the table in `config.ts`. */
// biome-ignore format: one setting per line is what lets this be read as a table
export const inboundMailSettings = z.object({
  smtpPort: whole("TIDINGS_INBOUND_SMTP_PORT", "", 0, [0, 65_535], "Port on which processes with the role feedback take bounces and reports by SMTP; 0 takes none"),
  smtpHost: text("TIDINGS_INBOUND_SMTP_HOST", "127.0.0.1", "Address that it listens on; servers of others come to a public one"),
  smtpName: text("TIDINGS_INBOUND_SMTP_NAME", "", "Name that it greets with, which is that of its MX record; left out, the machine's"),
  smtpCertFile: text("TIDINGS_INBOUND_SMTP_CERT_FILE", "", "File of its certificate and those that signed it (PEM), for STARTTLS; left out, mail comes unencrypted"),
  smtpKeyFile: text("TIDINGS_INBOUND_SMTP_KEY_FILE", "", "File of the certificate's private key (PEM)"),
  smtpConnectionsMax: whole("TIDINGS_INBOUND_SMTP_CONNECTIONS_MAX", "connections", 20, [1, 10_000], "Connections at once; further ones are told to come later. Each holds one mail in memory"),
  smtpLifetimeMs: whole("TIDINGS_INBOUND_SMTP_LIFETIME_MS", "ms", 600_000, [1000, 3_600_000], "How long a connection may last, whatever it says; its sender comes again"),
  smtpIdleMs: whole("TIDINGS_INBOUND_SMTP_IDLE_MS", "ms", 60_000, [100, 600_000], "How long a connection may say nothing"),
  mailBytesMax: whole("TIDINGS_INBOUND_MAIL_BYTES_MAX", "bytes", 4 * MIB, [64 * 1024, 64 * MIB], "Size of a mail; a larger one is refused by SMTP, and counted unread in a mailbox"),
  unpackedBytesMax: whole("TIDINGS_DMARC_REPORT_BYTES_MAX", "bytes", 16 * MIB, [64 * 1024, 256 * MIB], "Size of a DMARC report, unpacked"),
  dmarcDays: whole("TIDINGS_DMARC_RETENTION_DAYS", "days", 90, [7, 3650], "How long it is kept what DMARC reports say of a day"),
  dmarcSourcesMax: whole("TIDINGS_DMARC_SOURCES_MAX", "sources", 1000, [10, 100_000], "Sources of a domain's mail on one day that are told apart; further ones are summed"),
  unreadableKeptMax: whole("TIDINGS_UNREADABLE_MAILS_KEPT_MAX", "mails", 200, [1, 200], "Mails that could not be read of which it is kept what is known, per environment"),
  mailboxPollMs: whole("TIDINGS_INBOUND_MAILBOX_POLL_MS", "ms", 60_000, [100, 3_600_000], "How often a mailbox is looked into whose server has not said that something came"),
  mailboxTimeoutMs: whole("TIDINGS_INBOUND_MAILBOX_TIMEOUT_MS", "ms", 15_000, [100, 120_000], "Time to connect to its server"),
  mailboxPauseMs: whole("TIDINGS_INBOUND_MAILBOX_PAUSE_MS", "ms", 1000, [10, 600_000], "Pause before the first new try where one failed; it doubles from try to try, up to five minutes"),
  mailboxBatchMax: whole("TIDINGS_INBOUND_MAILBOX_BATCH_MAX", "mails", 50, [1, 1000], "Mails of a mailbox that are taken up before they are moved away together"),
  mailboxesMax: whole("TIDINGS_INBOUND_MAILBOXES_MAX", "mailboxes", 20, [0, 1000], "Mailboxes that are read; further ones are not"),
});

/** What is right alone and wrong with the rest. */
export function inboundMailFaults({ smtpCertFile, smtpKeyFile }: z.infer<typeof inboundMailSettings>): SettingFault[] {
  if ((smtpCertFile === "") === (smtpKeyFile === "")) return [];
  return [{ name: "TIDINGS_INBOUND_SMTP_KEY_FILE", message: "goes together with TIDINGS_INBOUND_SMTP_CERT_FILE" }];
}
