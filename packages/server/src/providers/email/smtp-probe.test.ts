import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, it } from "vitest";
import { testEnvironment } from "../testing/environment.ts";
import { closedPort, portOf, startTcp } from "../testing/servers.ts";
import { smtp } from "./smtp.ts";

const fixture = (name: string) => readFileSync(new URL(`../testing/${name}`, import.meta.url), "utf8");
const cert = fixture("localhost-cert.pem");

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function settings(more: object) {
  return smtp.schema.parse({ host: "localhost", port: 25, from: "Acme <noreply@Acme.test>", ca: cert, ...more });
}

/** Probes a server, with a signal that a test may end. */
async function probe(port: number, more: object = {}, signal = AbortSignal.timeout(10_000)) {
  const environment = testEnvironment();
  const provider = smtp.create(settings({ port, username: "user", password: "pass", ...more }), environment);
  cleanups.push(environment.close, () => provider.close());
  return provider.probe?.({ callId: "c", timeoutMs: 10_000, signal });
}

async function startSmtp(options: Partial<SMTPServerOptions> = {}) {
  const seen = { closed: 0, mails: 0 };
  const server = new SMTPServer({
    key: fixture("localhost-key.pem"),
    cert,
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) =>
      username === "user" && password === "pass"
        ? done(null, { user: username })
        : done(Object.assign(new Error("5.7.8 who is <user>?"), { responseCode: 535 })),
    onMailFrom: (_address, _session, done) => {
      seen.mails += 1;
      done();
    },
    onClose: () => {
      seen.closed += 1;
    },
    ...options,
  });
  server.on("error", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  cleanups.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: portOf(server.server), seen };
}

describe("a probe of smtp", () => {
  it("is well where TLS and AUTH are, and begins no mail", async () => {
    const { port, seen } = await startSmtp();
    expect(await probe(port)).toEqual({ status: "ok" });
    await expect.poll(() => seen.closed).toBe(1);
    expect(seen.mails).toBe(0);
  });

  it("fails with the account's own refusal, of which the digits alone are told", async () => {
    const { port } = await startSmtp();
    expect(await probe(port, { password: "wrong" })).toEqual({ status: "failed", code: "auth", detail: "535 to AUTH" });
  });

  it("fails where no server is, none that encrypts, or one that turns us away", async () => {
    expect(await probe(await closedPort())).toEqual({
      status: "failed",
      code: "connection_failed",
      detail: "before a mail",
    });
    const plain = await startSmtp({ disabledCommands: ["STARTTLS"], authOptional: true });
    expect(await probe(plain.port)).toMatchObject({ status: "failed", code: "tls_failed", detail: "to STARTTLS" });
    const busy = await startTcp((socket) => socket.end("554 5.3.2 no service for <you>\r\n"));
    cleanups.push(busy.close);
    expect(await probe(busy.port)).toEqual({ status: "failed", code: "session_refused", detail: "554 to CONN" });
  });

  it("ends with its time where the server says nothing, and leaves no connection", async () => {
    const closed: (() => void)[] = [];
    const isClosed = new Promise<void>((resolve) => closed.push(resolve));
    const controller = new AbortController();
    const silent = await startTcp((socket) => {
      socket.resume().on("close", () => closed[0]?.());
      controller.abort();
    });
    cleanups.push(silent.close);
    expect(await probe(silent.port, {}, controller.signal)).toMatchObject({ status: "failed", code: "timeout" });
    await isClosed;
  });
});

describe("names in DNS of smtp's mail", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ed25519 = generateKeyPairSync("ed25519");
  const pem = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();
  const spki = (key: KeyObject) => key.export({ type: "spki", format: "der" });

  it("are those of its addresses and signers, with the public keys as their records have them", () => {
    const names = smtp.mailSender?.(
      settings({
        from: { default: "a@acme.test", marketing: "Acme <a@News.acme.test>" },
        returnPath: "bounces@MAIL.acme.test",
        dkim: [
          { domain: "Acme.test", selector: "r1" },
          { domain: "acme.test", selector: "e1" },
        ],
        dkimPrivateKey: pem(rsa.privateKey),
        dkimPrivateKey2: pem(ed25519.privateKey),
      }),
    );
    expect(names).toEqual({
      from: { default: "acme.test", marketing: "news.acme.test" },
      returnPath: "mail.acme.test",
      dkim: [
        { domain: "acme.test", selector: "r1", record: `v=DKIM1; k=rsa; p=${spki(rsa.publicKey).toString("base64")}` },
        {
          domain: "acme.test",
          selector: "e1",
          record: `v=DKIM1; k=ed25519; p=${spki(ed25519.publicKey).subarray(-32).toString("base64")}`,
        },
      ],
    });
    expect(JSON.stringify(names)).not.toContain("PRIVATE");
  });

  it("have the sender's domain for bounces where none is set, and no keys where nobody signs", () => {
    expect(smtp.mailSender?.(settings({}))).toEqual({
      from: { default: "acme.test" },
      returnPath: "acme.test",
      dkim: [],
    });
  });
});
