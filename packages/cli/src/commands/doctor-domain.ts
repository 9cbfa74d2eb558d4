import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import type { MailSender } from "@tidings/client";
import type { Command, Context } from "../command.ts";
import { type Check, note } from "../doctor/check.ts";
import { openDns } from "../doctor/dns/dns.ts";
import { reportOn } from "../doctor/dns/domain-report.ts";
import { type DmarcMails, judgeReported } from "../doctor/reported.ts";
import { showChecks } from "../doctor/show-checks.ts";
import type { Outcome } from "../exit-codes.ts";
import { usage } from "../failure.ts";
import { failureOf } from "../failure-of.ts";
import { plain } from "../terminal.ts";

const lookUpSeconds = 3;
const lookUpRange = [0.001, 60] as const;
const serverTimeoutMs = 3000;

export const doctorDomain: Command = {
  name: "doctor domain",
  summary: "Look at what DNS says of a domain that mail is from",
  description: [
    "Checks what Gmail, Yahoo and Outlook ask of bulk senders: SPF with all that it includes, the keys of DKIM, the policy of DMARC and whether mail aligns with it, MX, and the names of addresses. Says what to publish, as lines for the zone.",
    "Where a server can be asked, its integrations that send from the domain bring their selectors, keys and return paths along; else the options alone count.",
    "Ends with 1 where a check failed.",
  ],
  arguments: [{ name: "domain", summary: "The domain behind the @ of the From address" }],
  options: [
    { name: "selector", value: "<name>", many: true, summary: "A key of DKIM below the domain" },
    { name: "ip", value: "<address>", many: true, summary: "An address that mail leaves from" },
    { name: "resolver", value: "<address:port>", summary: "Server of DNS to ask; else the machine's own" },
    {
      name: "look-up-timeout",
      value: "<seconds>",
      summary: "Time for one try of a look-up; there are two",
      default: String(lookUpSeconds),
    },
  ],
  examples: [
    { line: "tidings doctor domain example.com", says: "By what the server's integrations sign with" },
    { line: "tidings doctor domain example.com --selector s1 --selector s2 --ip 192.0.2.7", says: "By hand" },
    {
      line: "tidings doctor domain example.com --json | jq -r '.publish[]'",
      says: "The lines that are missing in the zone",
    },
  ],
  json: '`{"ok", "domain", "checks": [{"name", "status", "detail", "hint"}], "publish": ["…"]}`; status is ok, note, failed or skipped.',
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { input, terminal, json, signal } = context;
  const domain = domainOf(input.argument(0));
  const addresses = input.list("ip");
  for (const address of addresses)
    if (isIP(address) === 0 || address.includes("%"))
      throw usage(`--ip must be an address, not ${JSON.stringify(address)}`);
  const selectors = input.list("selector").map((name) => hostName(name) ?? notASelector(name));
  const timeoutMs = Math.ceil((input.number("look-up-timeout", lookUpRange) ?? lookUpSeconds) * 1000);
  const dns = openDns({ server: input.text("resolver"), timeoutMs, signal });
  const { senders, checks: ofServer } = await sendersOf(context);
  const reported = ofServer.length > 0 ? [] : judgeReported(await reportedOf(context, domain));
  const report = await reportOn({ domain, selectors, addresses, senders }, dns);
  const checks = [...ofServer, ...report.checks, ...reported];
  const publish = [...new Set(report.publish)];
  const isOk = checks.every(({ status }) => status !== "failed");
  if (json) terminal.document({ ok: isOk, domain, checks, publish });
  else {
    showChecks(checks, terminal);
    if (publish.length > 0) {
      terminal.out("\nTo publish:");
      for (const line of publish) terminal.out(plain(line));
    }
  }
  return isOk ? "ok" : "difference";
}

/** A domain says as much of itself where no server is: that there is none is told, and no fault. */
async function sendersOf({ api, signal }: Context): Promise<{ senders: readonly MailSender[]; checks: Check[] }> {
  try {
    const { items } = await api().integrations.mailSenders({ signal, timeoutMs: serverTimeoutMs, retries: 0 });
    return { senders: items, checks: [] };
  } catch (error) {
    signal.throwIfAborted();
    const { message } = failureOf(error);
    return { senders: [], checks: [note("Server", `was not asked for its keys: ${message}`)] };
  }
}

/** Rows that are looked at: a domain has some hundred in a week. */
const rowsMax = 10_000;

/** What receivers reported in the last seven days; none where the server cannot say. */
async function reportedOf({ api, signal }: Context, domain: string): Promise<DmarcMails[]> {
  const rows: DmarcMails[] = [];
  try {
    const query = { domain, days: 7, limit: 100 };
    for await (const row of api().integrations.dmarcReports(query, {
      signal,
      timeoutMs: serverTimeoutMs,
      retries: 0,
    })) {
      rows.push(row);
      if (rows.length >= rowsMax) break;
    }
  } catch {
    signal.throwIfAborted();
  }
  return rows;
}

function domainOf(given: string): string {
  const domain = hostName(given);
  if (domain === undefined || !domain.includes("."))
    throw usage(`${JSON.stringify(given)} is no domain, such as example.com`);
  return domain;
}

/** In lower case and ASCII (A-labels), without the dot at its end; undefined where it is no name. */
function hostName(given: string): string | undefined {
  const name = domainToASCII(given.replace(/\.$/, ""));
  const isName = name.length <= 253 && name.split(".").every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label));
  return isName ? name : undefined;
}

function notASelector(given: string): never {
  throw usage(`--selector must be the name in front of ._domainkey, not ${JSON.stringify(given)}`);
}
