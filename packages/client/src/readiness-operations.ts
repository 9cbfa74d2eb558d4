import { dmarcQuerySchema, dmarcSourceSchema, unreadableMailsSchema } from "@tidings/contract/inbound-mail";
import { pageOf } from "@tidings/contract/pages";
import { findingsSchema, mailSendersSchema, probeSchema } from "@tidings/contract/readiness";
import { always } from "./document-operations.ts";
import type { Operation } from "./transport/operation.ts";

// biome-ignore format: one call per line is what lets this be read as a table
export const readinessOperations = {
  probe: { name: "probeIntegration", method: "POST", path: "/v1/integrations/{key}/probe", status: 200, response: probeSchema, ...always },
  findings: { name: "listFindings", method: "GET", path: "/v1/readiness", status: 200, response: findingsSchema, ...always },
  mailSenders: { name: "listMailSenders", method: "GET", path: "/v1/mail-senders", status: 200, response: mailSendersSchema, ...always },
  dmarcReports: { name: "listDmarcReports", method: "GET", path: "/v1/dmarc-reports", query: dmarcQuerySchema, status: 200, response: pageOf(dmarcSourceSchema), ...always },
  unreadableMails: { name: "listUnreadableMails", method: "GET", path: "/v1/unreadable-mails", status: 200, response: unreadableMailsSchema, ...always },
} as const satisfies Record<string, Operation>;
