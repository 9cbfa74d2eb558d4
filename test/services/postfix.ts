import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../harness/free-port.ts";
import { pause } from "../harness/pause.ts";

const program = "/usr/sbin/postfix";
/** How long a mail may take to a mailbox. */
const arrivalMs = 60_000;
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../packages/server/src/providers/testing/${name}`, import.meta.url));

/** Why no postfix can be started here; undefined where one can. */
export function whyNoPostfix(): string | undefined {
  if (!existsSync(program)) return "postfix is not installed";
  return process.getuid?.() === 0 ? undefined : "postfix is started by root alone";
}

export interface Postfix {
  port: number;
  /** Where the Maildir of a mailbox lies. */
  maildir(mailbox: string): string;
  /** Mails that lie in a mailbox, whole, with CRLF line ends. */
  mails(mailbox: string): string[];
  /** Waits until as many lie there. */
  received(mailbox: string, count: number): Promise<string[]>;
  log(): string;
  stop(): void;
}

/**
 * A postfix of our own: configuration, queue and mailboxes in a folder of their own, on a free loopback port, beside
 * whatever the machine runs. Mailboxes at inbox.test; what goes to former@inbox.test is taken, and bounces. Mail to the domains of
 * `relayed` goes to the ports of this machine that it names; what a server there puts off bounces at once.
 */
export async function startPostfix(
  mailboxes: readonly string[],
  relayed: Readonly<Record<string, number>> = {},
): Promise<Postfix> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-postfix-"));
  chmodSync(folder, 0o755);
  const port = await freePort();
  for (const name of ["etc", "spool", "data", "mail"]) mkdirSync(join(folder, name));
  const mail = join(folder, "mail");
  chmodSync(mail, 0o777);
  execFileSync("chown", ["postfix", join(folder, "data")]);
  writeFileSync(join(folder, "etc", "main.cf"), mainConfiguration(folder, mailboxes, relayed));
  writeFileSync(join(folder, "etc", "master.cf"), masterConfiguration(port));
  const etc = join(folder, "etc");
  const postfix = (command: string): string =>
    execFileSync(program, ["-c", etc, command], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  postfix("start");
  const mails = (mailbox: string): string[] => {
    const box = join(mail, mailbox, "new");
    if (!existsSync(box)) return [];
    return readdirSync(box).map((name) => readFileSync(join(box, name), "utf8").replaceAll("\n", "\r\n"));
  };
  return {
    port,
    maildir: (mailbox) => join(mail, mailbox),
    mails,
    received: async (mailbox, count) => {
      for (const end = Date.now() + arrivalMs; ; await pause(100)) {
        const found = mails(mailbox);
        if (found.length >= count) return found;
        if (Date.now() > end) throw new Error(`${mailbox} has ${found.length} mails`);
      }
    },
    log: () => readFileSync(join(folder, "postfix.log"), "utf8"),
    stop: () => {
      postfix("stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function mainConfiguration(
  folder: string,
  mailboxes: readonly string[],
  relayed: Readonly<Record<string, number>>,
): string {
  const ways = Object.entries(relayed).map(([domain, port]) => `{${domain} = smtp:[127.0.0.1]:${port}}`);
  const boxes = mailboxes.map((name) => `{${name}@inbox.test = ${name}/}`).join(", ");
  const lines: Readonly<Record<string, string>> = {
    compatibility_level: "3.6",
    queue_directory: join(folder, "spool"),
    data_directory: join(folder, "data"),
    maillog_file: join(folder, "postfix.log"),
    maillog_file_prefixes: folder,
    myhostname: "mx.tidings.test",
    mydestination: "",
    alias_maps: "",
    alias_database: "",
    inet_interfaces: "127.0.0.1",
    inet_protocols: "ipv4",
    mynetworks: "127.0.0.0/8",
    // nothing leaves this machine
    relayhost: "[127.0.0.1]:9",
    ...(ways.length === 0 ? {} : { transport_maps: `inline:{${ways.join(", ")}}`, maximal_queue_lifetime: "0" }),
    // taken at the door, and found to have no mailbox after it
    virtual_alias_maps: "inline:{{former@inbox.test = nobody@inbox.test}}",
    recipient_delimiter: "+",
    virtual_mailbox_domains: "inbox.test",
    virtual_mailbox_base: join(folder, "mail"),
    virtual_mailbox_maps: `inline:{${boxes}}`,
    virtual_uid_maps: "static:65534",
    virtual_gid_maps: "static:65534",
    smtputf8_enable: "yes",
    smtpd_tls_security_level: "may",
    smtpd_tls_cert_file: fixture("localhost-cert.pem"),
    smtpd_tls_key_file: fixture("localhost-key.pem"),
    smtpd_recipient_restrictions: "permit_mynetworks, reject",
    smtpd_delay_reject: "yes",
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}

function masterConfiguration(port: number): string {
  const services = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    "pickup unix n - n 60 1 pickup",
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    "verify unix - - n - 1 verify",
    "flush unix n - n 1000? 0 flush",
    "proxymap unix - - n - - proxymap",
    "smtp unix - - n - - smtp",
    "relay unix - - n - - smtp",
    "showq unix n - n - - showq",
    "error unix - - n - - error",
    "retry unix - - n - - error",
    "discard unix - - n - - discard",
    "local unix - n n - - local",
    "virtual unix - n n - - virtual",
    "anvil unix - - n - 1 anvil",
    "scache unix - - n - 1 scache",
    "postlog unix-dgram n - n - 1 postlogd",
  ];
  return services.map((line) => `${line}\n`).join("");
}
