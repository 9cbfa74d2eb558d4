import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, it } from "vitest";
import { type Fault, providerConformance } from "../testing/conformance.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { closedPort, portOf, startTcp } from "../testing/servers.ts";
import { smtp } from "./smtp.ts";

const fixture = (name: string) => readFileSync(new URL(`../testing/${name}`, import.meta.url), "utf8");
const key = fixture("localhost-key.pem");
const cert = fixture("localhost-cert.pem");
const to = "jane.doe+tag@recipient.test";

interface ReceivedMail {
  raw: string;
  from: string;
  to: string[];
  tls: boolean;
  user: unknown;
}

const refusal = (responseCode: number, text: string): Error =>
  Object.assign(new Error(`${text} <${to}>`), { responseCode });

/** A real SMTP server with STARTTLS and AUTH. */
async function startSmtp(options: Partial<SMTPServerOptions> = {}) {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    key,
    cert,
    authOptional: false,
    // reverse look-ups have no place in a test
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) => {
      if (username === "user" && password === "pass") done(null, { user: username });
      else done(refusal(535, "5.7.8 bad credentials"));
    },
    onData: (stream, session, done) => {
      let raw = "";
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        raw += chunk;
      });
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          raw,
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          tls: session.secure,
          user: session.user,
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return {
    port: portOf(server.server),
    mails,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** A server that speaks as much SMTP as is needed to reach the moment in which it misbehaves. */
function startScripted(at: "data" | "dot", misbehave: (socket: Socket) => void, onTaken: (raw: string) => void) {
  return startTcp((socket) => {
    let text = "";
    let inData = false;
    socket.write("220 scripted ESMTP\r\n");
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      if (inData) {
        if (!text.endsWith("\r\n.\r\n")) return;
        onTaken(text);
        return misbehave(socket);
      }
      for (let end = text.indexOf("\r\n"); end !== -1; end = text.indexOf("\r\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        inData = line === "DATA";
        if (inData && at === "data") return misbehave(socket);
        socket.write(inData ? "354 go on\r\n" : "250 ok\r\n");
      }
    });
  });
}

const settings = (port: number, more: object = {}) =>
  smtp.schema.parse({
    host: "localhost",
    port,
    username: "user",
    password: "pass",
    from: "Acme <noreply@acme.test>",
    ca: cert,
    ...more,
  });
const plain = { secure: "none", username: undefined, password: undefined };
const idOf = (raw: string): string => /^Message-ID: <([^@]+)@acme.test>/im.exec(raw)?.[1] ?? "";

const refusals: Partial<Record<Fault, [number, string]>> = {
  transient: [451, "4.3.0 try later"],
  permanent: [550, "5.1.1 no such user"],
  rateLimited: [450, "4.7.1 greylisted"],
};
const scripts: Partial<Record<Fault, ["data" | "dot", (socket: Socket) => void]>> = {
  silentAfterAccept: ["dot", () => undefined],
  malformedAnswer: ["dot", (socket) => socket.write("nonsense\r\n")],
  resetAfterSend: ["dot", (socket) => socket.resetAndDestroy()],
  resetBeforeSend: ["data", (socket) => socket.resetAndDestroy()],
};

providerConformance("smtp", {
  faults: [
    "transient",
    "permanent",
    "rateLimited",
    "silentBeforeAccept",
    "silentAfterAccept",
    "connectionRefused",
    "malformedAnswer",
    "resetAfterSend",
    "resetBeforeSend",
  ],
  async make(fault) {
    const environment = testEnvironment();
    const taken: string[] = [];
    const script = scripts[fault];
    if (script !== undefined) {
      const server = await startScripted(...script, (raw) => taken.push(idOf(raw)));
      const close = () => Promise.all([server.close(), environment.close()]).then(() => undefined);
      return {
        provider: smtp.create(settings(server.port, { ...plain, finalDotTimeoutMs: 100 }), environment),
        to,
        channel: "email",
        taken: () => taken,
        close,
      };
    }
    if (fault === "silentBeforeAccept") {
      const server = await startTcp(() => undefined);
      const close = () => Promise.all([server.close(), environment.close()]).then(() => undefined);
      return {
        provider: smtp.create(settings(server.port), environment),
        to,
        channel: "email",
        taken: () => taken,
        close,
      };
    }
    const refused = refusals[fault];
    const server = await startSmtp(
      refused === undefined ? {} : { onRcptTo: (_address, _session, done) => done(refusal(...refused)) },
    );
    const port = fault === "connectionRefused" ? await closedPort() : server.port;
    return {
      provider: smtp.create(settings(port), environment),
      to,
      channel: "email",
      taken: () => server.mails.map(({ raw }) => idOf(raw)),
      close: () => Promise.all([server.close(), environment.close()]).then(() => undefined),
    };
  },
});

describe("smtp", () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const context = () => ({ callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) });

  function provider(port: number, more: object = {}, allowPrivateNetwork = true) {
    const environment = testEnvironment(allowPrivateNetwork);
    const subject = smtp.create(settings(port, more), environment);
    cleanups.push(environment.close, () => subject.close());
    return subject;
  }
  async function server(options: Partial<SMTPServerOptions> = {}) {
    const started = await startSmtp(options);
    cleanups.push(started.close);
    return started;
  }

  it("sends over verified TLS, logged in, with an id that every attempt shares", async () => {
    const { port, mails } = await server();
    const message = outbound("email", to);
    const subject = provider(port);
    const [outcome] = await subject.send([message], context());
    await subject.send([{ ...message, attempt: 2 }], context());
    expect(outcome).toEqual({ status: "accepted", providerMessageId: `<${message.id}@acme.test>` });
    expect(mails.map(({ raw }) => idOf(raw))).toEqual([message.id, message.id]);
    expect(mails[0]).toMatchObject({ from: "noreply@acme.test", to: [to], tls: true, user: "user" });
    expect(mails[0]?.raw).toMatch(/^From: Acme <noreply@acme.test>\r$/m);
    expect(mails[0]?.raw).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(mails[0]?.raw).toContain("multipart/alternative");
  });

  it("speaks TLS from the first byte where told to", async () => {
    const { port, mails } = await server({ secure: true });
    expect(await provider(port, { secure: "tls" }).send([outbound("email", to)], context())).toMatchObject([
      { status: "accepted" },
    ]);
    expect(mails[0]?.tls).toBe(true);
  });

  it("says nothing to a server without STARTTLS, with a foreign certificate or with another name", async () => {
    const without = await server({ hideSTARTTLS: true, authOptional: true, disabledCommands: ["STARTTLS"] });
    expect(await provider(without.port).send([outbound("email", to)], context())).toMatchObject([
      { kind: "transient", code: "tls_failed" },
    ]);
    const { port, mails } = await server();
    expect(await provider(port, { ca: undefined }).send([outbound("email", to)], context())).toMatchObject([
      { kind: "transient", code: "tls_failed" },
    ]);
    expect(await provider(port, { host: "127.0.0.1" }).send([outbound("email", to)], context())).toMatchObject([
      { kind: "transient", code: "tls_failed" },
    ]);
    expect([...without.mails, ...mails]).toEqual([]);
  });

  it("keeps the mail for later where the log-in fails", async () => {
    const { port } = await server();
    expect(await provider(port, { password: "wrong" }).send([outbound("email", to)], context())).toMatchObject([
      { status: "rejected", kind: "transient", code: "auth" },
    ]);
  });

  it("refuses a private host", async () => {
    const { port, mails } = await server();
    expect(await provider(port, {}, false).send([outbound("email", to)], context())).toMatchObject([
      { status: "rejected", kind: "transient", code: "private_address" },
    ]);
    expect(mails).toEqual([]);
  });

  it.each([
    [421, "4.3.2 closing", { kind: "transient", schedule: "mail" }],
    [450, "4.7.1 greylisted", { kind: "transient", schedule: "mail", retryAfterMs: 1_800_000 }],
    [452, "4.2.2 mailbox full", { kind: "transient", schedule: "mail", retryAfterMs: 3_600_000 }],
    [451, "no enhanced code", { kind: "transient", schedule: "mail", code: "451" }],
    [550, "5.1.1 no such user", { kind: "permanent", suppress: true, code: "550", detail: "550 5.1.1 to RCPT TO" }],
    [550, "5.1.10 null MX", { kind: "permanent", suppress: true }],
    [550, "5.1.8 bad sender", { kind: "permanent", code: "550" }],
    [554, "5.7.1 blocked", { kind: "permanent", code: "policy" }],
    [530, "5.7.0 authenticate first", { kind: "transient", code: "auth" }],
    [552, "5.3.4 too big", { kind: "permanent" }],
  ])("reads %i %s", async (code, text, expected) => {
    const { port } = await server({ onRcptTo: (_address, _session, done) => done(refusal(code, text)) });
    const [outcome] = await provider(port).send([outbound("email", to)], context());
    expect(outcome).toMatchObject({ status: "rejected", ...expected });
    expect(outcome && "suppress" in outcome).toBe("suppress" in expected);
  });

  it("keeps the mail for later where the session is refused, not the mail", async () => {
    const { port } = await server({ onConnect: (_session, done) => done(refusal(554, "5.7.1 not from your address")) });
    expect(await provider(port).send([outbound("email", to)], context())).toMatchObject([
      { status: "rejected", kind: "transient" },
    ]);
  });

  it("suppresses nobody for a refusal of the sender", async () => {
    const { port } = await server({
      onMailFrom: (_address, _session, done) => done(refusal(550, "5.1.0 sender rejected")),
    });
    const [outcome] = await provider(port).send([outbound("email", to)], context());
    expect(outcome).toMatchObject({ kind: "permanent", code: "550" });
    expect(outcome?.status === "rejected" && outcome.suppress).toBeFalsy();
  });

  it("believes the reply to the final dot", async () => {
    const refusing = (code: number, text: string): Partial<SMTPServerOptions> => ({
      onData: (stream, _session, done) => {
        stream.resume().on("end", () => done(refusal(code, text)));
      },
    });
    const later = await server(refusing(451, "4.3.0 later"));
    expect(await provider(later.port).send([outbound("email", to)], context())).toMatchObject([
      { kind: "transient", schedule: "mail" },
    ]);
    const never = await server(refusing(554, "5.7.1 spam"));
    expect(await provider(never.port).send([outbound("email", to)], context())).toMatchObject([
      { kind: "permanent", code: "policy" },
    ]);
  });

  it("gives up on the final dot's reply after the set time, not knowing", async () => {
    const { port, close } = await startScripted(
      "dot",
      () => undefined,
      () => undefined,
    );
    cleanups.push(close);
    expect(
      await provider(port, { ...plain, finalDotTimeoutMs: 100 }).send([outbound("email", to)], context()),
    ).toMatchObject([{ status: "unknown", code: "timeout" }]);
  });

  it("lets nothing into headers or commands", async () => {
    const { port, mails } = await server();
    const subject = provider(port);
    for (const address of [
      "a@b.test\r\nRCPT TO:<x@y.test>",
      "a@b.test>",
      "a b@c.test",
      "a@b@c.test",
      "a@b.test,c@d.test",
      "a\u0000@b.test",
      '"a"@b.test',
      "nobody",
    ]) {
      expect(await subject.send([outbound("email", address)], context()), address).toMatchObject([
        { kind: "permanent", code: "address_invalid" },
      ]);
    }
    for (const line of ["x\r\nBcc: x@y.test", "x\ny", "x\u0000", "x\u2028y"]) {
      expect(
        await subject.send([outbound("email", to, { content: { subject: line, text: "x" } })], context()),
        line,
      ).toMatchObject([{ kind: "permanent", code: "content_invalid" }]);
    }
    expect(mails).toEqual([]);
    for (const from of ["a@b.test\r\nX: y", "Acme <a@b.test>\n", "nobody", "A <a@b.test> <c@d.test>"]) {
      expect(smtp.schema.safeParse({ host: "h", from }).success, from).toBe(false);
    }
  });

  it("reads no file and fetches no URL that stands in the content", async () => {
    const { port, mails } = await server();
    const html = '<img src="file:///etc/passwd"><img src="/etc/passwd">';
    await provider(port).send([outbound("email", to, { content: { subject: "s", html, text: "." } })], context());
    expect(mails[0]?.raw).not.toContain("root:");
  });
});
