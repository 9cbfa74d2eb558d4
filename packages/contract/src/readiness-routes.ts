import { dmarcQuerySchema, dmarcSourceSchema, unreadableMailsSchema } from "./inbound-mail.ts";
import { pageOf } from "./pages.ts";
import { findingsSchema, mailSendersSchema, probeSchema } from "./readiness.ts";
import type { Route } from "./route.ts";

// biome-ignore format: one route per line is what lets this be read as a table
export const readinessRoutes: readonly Route[] = [
  { method: "POST", path: "/v1/integrations/{key}/probe", operation: "probeIntegration", summary: "Ask the vendor now whether an integration works; nothing is sent", tag: "integrations", status: 200, response: probeSchema },
  { method: "GET", path: "/v1/readiness", operation: "listFindings", summary: "What is wrong, or will be once something fails", tag: "readiness", status: 200, response: findingsSchema },
  { method: "GET", path: "/v1/mail-senders", operation: "listMailSenders", summary: "Under what names in DNS mail goes out, and the records of its keys", tag: "readiness", status: 200, response: mailSendersSchema },
  { method: "GET", path: "/v1/dmarc-reports", operation: "listDmarcReports", summary: "What receivers report of mail from the domains, by day and address", tag: "readiness", query: dmarcQuerySchema, status: 200, response: pageOf(dmarcSourceSchema) },
  { method: "GET", path: "/v1/unreadable-mails", operation: "listUnreadableMails", summary: "Bounces and reports that came by mail and could not be read, newest first", tag: "readiness", status: 200, response: unreadableMailsSchema },
];
