import { generateKeyPairSync } from "node:crypto";
import { afterEach } from "vitest";
import { type DnsServer, startDns, type Zone } from "../../../../../test/harness/dns-server.ts";
import { openDns } from "./dns.ts";
import { type DomainQuestion, reportOn } from "./domain-report.ts";

const open: DnsServer[] = [];

/** Servers of a test end with it. */
export function closeServers(): void {
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });
}

export async function serve(zone: Zone): Promise<DnsServer> {
  const server = await startDns(zone);
  open.push(server);
  return server;
}

export const publicKey = (bits: number): string =>
  generateKeyPairSync("rsa", { modulusLength: bits })
    .publicKey.export({ type: "spki", format: "der" })
    .toString("base64");
export const strings = (text: string): string[] => text.match(/.{1,200}/gs) ?? [];
export const rsa2048 = publicKey(2048);
export const rsa1024 = publicKey(1024);
export const goodKey = `v=DKIM1; k=rsa; p=${rsa2048}`;

/** All that a domain needs. */
export const good: Zone = {
  "acme.test TXT": [["v=spf1 ip4:192.0", ".2.0/24 -all"], "other=text"],
  "s1._domainkey.acme.test TXT": [strings(goodKey)],
  "_dmarc.acme.test TXT": ["v=DMARC1; p=reject; rua=mailto:d@acme.test"],
  "acme.test MX": [[10, "mail.acme.test"]],
  "mail.acme.test A": ["192.0.2.7"],
  "7.2.0.192.in-addr.arpa PTR": ["mail.acme.test"],
};

export interface Told {
  lines: string[];
  failed: string[];
  publish: string[];
  asked: string[];
}

/** What is told of `acme.test` in a zone, where each check is a line. */
export async function report(zone: Zone, over: Partial<DomainQuestion> = {}, timeoutMs = 2000): Promise<Told> {
  const server = await serve(zone);
  const dns = openDns({ server: server.address, timeoutMs, signal: new AbortController().signal });
  const question = { domain: "acme.test", selectors: ["s1"], addresses: ["192.0.2.7"], senders: [], ...over };
  const { checks, publish } = await reportOn(question, dns);
  const lines = checks.map(({ name, status, detail }) => `${status} ${name}: ${detail}`);
  return { lines, failed: lines.filter((line) => line.startsWith("failed")), publish, asked: server.asked };
}

export const lineOf = ({ lines }: Told, name: string) =>
  lines.filter((line) => new RegExp(`^\\w+ ${name}`).test(line)).join("\n");
