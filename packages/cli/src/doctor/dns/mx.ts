import { type Check, failed, note, ok } from "../check.ts";
import type { Answer, Dns, MailExchange } from "./dns.ts";

/** Whether a domain takes mail, as one that sends has to: bounces, replies and reports come there. */
export async function checkMx(domain: string, dns: Dns): Promise<Check[]> {
  const found = await dns.mx(domain);
  const exchanges = found.status === "found" ? found.values.filter(({ exchange }) => exchange !== "") : [];
  const hosts = await Promise.all(
    exchanges.map(async ({ exchange }) => ({ exchange, addresses: await dns.addresses(exchange) })),
  );
  return judgeMx(domain, found, hosts, found.status === "none" ? await dns.addresses(domain) : undefined);
}

const name = "MX";

function judgeMx(
  domain: string,
  found: Answer<MailExchange>,
  hosts: readonly { exchange: string; addresses: Answer<string> }[],
  own: Answer<string> | undefined,
): Check[] {
  if (found.status === "failed") return [failed(name, `could not be looked up (${found.code})`)];
  if (found.status === "none") {
    if (own?.status === "found")
      return [note(name, `${domain} has none: mail goes to its own address`, "Name the host that takes mail")];
    return [
      failed(
        name,
        `${domain} takes no mail: bounces and replies are lost, and some receivers refuse its mail`,
        `Publish one: ${domain}. IN MX 10 mail.${domain}.`,
      ),
    ];
  }
  if (hosts.length === 0)
    return [
      failed(name, `${domain} says that it takes no mail (RFC 7505)`, "Name the host that takes bounces and replies"),
    ];
  const lost = hosts.filter(({ addresses }) => addresses.status !== "found");
  if (lost.length === 0) return [ok(name, hosts.map(({ exchange }) => exchange).join(", "))];
  return lost.map(({ exchange, addresses }) =>
    failed(
      name,
      addresses.status === "failed"
        ? `${exchange} could not be looked up (${addresses.code})`
        : `${exchange} has no address`,
    ),
  );
}
