import { isIPv6 } from "node:net";
import { hostname } from "node:os";
import type { Clock } from "../../../ports/clock.ts";
import type { SmtpSettings } from "../smtp-settings.ts";
import { type Capabilities, capabilitiesOf, noCapabilities } from "./capabilities.ts";
import { SmtpFault } from "./fault.ts";
import type { Reply } from "./reply.ts";
import { secureSocket } from "./socket.ts";
import type { Wire } from "./wire.ts";

/**
 * From a fresh connection to one that takes mail: greeting, EHLO, STARTTLS (RFC 3207) where it is wanted and then EHLO
 * anew, AUTH (RFC 4954). Where TLS is wanted nothing but EHLO is said before it. Rejects with a SmtpFault.
 */
export async function handshake(wire: Wire, settings: SmtpSettings, clock: Clock): Promise<Capabilities> {
  const greeting = await wire.next("CONN", settings.greetingTimeoutMs);
  demand(greeting, 220, "session_refused", "CONN");
  let capabilities = await hello(wire, settings);
  if (settings.secure === "starttls") {
    if (!capabilities.startTls) throw new SmtpFault("tls_failed", "STARTTLS");
    demand(await wire.command("STARTTLS", "STARTTLS", settings.commandTimeoutMs), 220, "tls_failed", "STARTTLS");
    await wire.secure((socket) => secureSocket(socket, settings, clock));
    capabilities = await hello(wire, settings);
  }
  if (settings.username !== undefined) await authenticate(wire, settings, capabilities);
  return capabilities;
}

async function hello(wire: Wire, settings: SmtpSettings): Promise<Capabilities> {
  const name = settings.clientName ?? ownName(wire.localAddress);
  const reply = await wire.command("EHLO", `EHLO ${name}`, settings.commandTimeoutMs);
  if (reply.code === 250) return capabilitiesOf(reply);
  // RFC 5321 §3.2: a server without extensions; it can neither encrypt nor log in
  const isPlain = settings.secure !== "starttls" && settings.username === undefined;
  if (!isPlain || ![500, 501, 502, 504].includes(reply.code)) demand(reply, 250, "session_refused", "EHLO");
  demand(await wire.command("HELO", `HELO ${name}`, settings.commandTimeoutMs), 250, "session_refused", "HELO");
  return noCapabilities;
}

/** RFC 5321 §4.1.1.1: the full name of the host, else its address. */
function ownName(address: string): string {
  const name = hostname();
  if (/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(name)) return name;
  return isIPv6(address) ? `[IPv6:${address}]` : `[${address}]`;
}

async function authenticate(wire: Wire, settings: SmtpSettings, { auth }: Capabilities): Promise<void> {
  const { username = "", password = "", commandTimeoutMs } = settings;
  const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
  if (auth.has("PLAIN")) {
    // RFC 4616: identity, name, password
    const line = `AUTH PLAIN ${base64(`\0${username}\0${password}`)}`;
    return demand(await wire.command("AUTH", line, commandTimeoutMs), 235, "auth", "AUTH");
  }
  if (!auth.has("LOGIN")) throw new SmtpFault("auth", "AUTH");
  demand(await wire.command("AUTH", "AUTH LOGIN", commandTimeoutMs), 334, "auth", "AUTH");
  demand(await wire.command("AUTH", base64(username), commandTimeoutMs), 334, "auth", "AUTH");
  demand(await wire.command("AUTH", base64(password), commandTimeoutMs), 235, "auth", "AUTH");
}

function demand(reply: Reply, code: number, fault: SmtpFault["code"], command: string): void {
  if (reply.code !== code) throw new SmtpFault(fault, command, reply);
}
