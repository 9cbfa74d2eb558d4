import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../harness/free-port.ts";
import { pause } from "../harness/pause.ts";

const program = "/usr/sbin/dovecot";
const startMs = 30_000;
const nobody = 65_534;
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../packages/server/src/providers/testing/${name}`, import.meta.url));

/** Why no Dovecot can be started here; undefined where one can. */
export function whyNoDovecot(): string | undefined {
  if (!existsSync(program)) return "dovecot is not installed";
  return process.getuid?.() === 0 ? undefined : "dovecot is started by root alone";
}

export interface Dovecot {
  /** For IMAP over TLS, with the certificate of the tests. */
  port: number;
  stop(): Promise<void>;
  /** On the same port, behind a stop. */
  start(): Promise<void>;
  /** Stops it, and takes away what it had. */
  close(): Promise<void>;
}

/** A Dovecot of our own, which serves one Maildir to whoever has the password. */
export async function startDovecot(maildir: string, password: string): Promise<Dovecot> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-dovecot-"));
  const port = await freePort();
  mkdirSync(join(folder, "run"));
  for (const part of ["", "cur", "new", "tmp"]) {
    mkdirSync(join(maildir, part), { recursive: true });
    chownSync(join(maildir, part), nobody, nobody);
  }
  const file = join(folder, "dovecot.conf");
  writeFileSync(file, configuration(folder, port, maildir, password));
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(program, ["-F", "-c", file], { stdio: "ignore" });
    for (const end = Date.now() + startMs; !(await answers(port)); await pause(50)) {
      if (Date.now() > end) throw new Error("dovecot does not answer");
    }
  };
  const stop = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  await start();
  return {
    port,
    start,
    stop,
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function configuration(folder: string, port: number, maildir: string, password: string): string {
  return `
base_dir = ${join(folder, "run")}
state_dir = ${join(folder, "run")}
log_path = ${join(folder, "dovecot.log")}
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <${fixture("localhost-cert.pem")}
ssl_key = <${fixture("localhost-key.pem")}
auth_mechanisms = plain login
first_valid_uid = 1
mail_location = maildir:${maildir}
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=${maildir}
}
namespace inbox {
  inbox = yes
}
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${port}
    ssl = yes
  }
}
service anvil {
  chroot =
}
`;
}
