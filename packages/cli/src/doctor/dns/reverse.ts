import { type Check, failed, ok } from "../check.ts";
import type { Dns } from "./dns.ts";
import { expanded, reverseName } from "./reverse-name.ts";
import type { Report } from "./spf.ts";
import { recordLine } from "./zone-line.ts";

/** Whether an address has a name that leads back to it, which receivers ask of who sends to them. */
export async function checkReverse(address: string, domain: string, dns: Dns): Promise<Report> {
  const found = await dns.names(address);
  const name = `PTR ${address}`;
  const whose = "Whoever the address is of (your host or network) sets its name";
  if (found.status === "failed")
    return { checks: [failed(name, `could not be looked up (${found.code})`)], publish: [] };
  if (found.status === "none") {
    const line = recordLine(reverseName(address), "PTR", `mail.${domain}.`);
    return {
      checks: [failed(name, "it has no name", whose)],
      publish: [line, recordLine(`mail.${domain}`, address.includes(":") ? "AAAA" : "A", address)],
    };
  }
  const checks: Check[] = [];
  for (const host of found.values) {
    const forward = await dns.addresses(host);
    if (forward.status === "found" && forward.values.some((each) => isSame(each, address)))
      return { checks: [ok(name, `${host}, and back`)], publish: [] };
    const why = forward.status === "failed" ? `could not be looked up (${forward.code})` : "does not lead back to it";
    checks.push(failed(name, `${host} ${why}`, `${host} needs the address, or the address another name`));
  }
  return { checks, publish: [] };
}

/** Both by one way of writing. */
const isSame = (one: string, other: string): boolean => expanded(one) === expanded(other);
