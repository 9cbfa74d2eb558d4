import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createTransport, type Transporter } from "nodemailer";
import { afterEach, describe, expect, test } from "vitest";
import type { InboundMail } from "./ports.ts";
import { SmtpListener, type SmtpListenerOptions } from "./smtp-listener.ts";

const pem = (name: string): string =>
  readFileSync(new URL(`../providers/testing/${name}.pem`, import.meta.url), "utf8");
const tls = { cert: pem("localhost-cert"), key: pem("localhost-key") };
const ours = "bounces+ours@acme.test";

describe("a listener for bounces", () => {
  const ended: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
  });

  async function listen(options: Partial<SmtpListenerOptions> = {}, fails = false) {
    const taken: InboundMail[] = [];
    const faults: unknown[] = [];
    const listener = new SmtpListener({
      intake: {
        expects: (address) => address.endsWith("ours@acme.test"),
        take: async (mail) => {
          if (fails) throw new Error("the store is away");
          taken.push(mail);
          return "bounced";
        },
      },
      now: () => 1000,
      host: "127.0.0.1",
      port: 0,
      name: "mx.acme.test",
      tls: undefined,
      connectionsMax: 5,
      idleMs: 5000,
      lifetimeMs: 20_000,
      mailBytesMax: 10_000,
      onFault: (error) => faults.push(error),
      ...options,
    });
    const port = await listener.listen();
    ended.push(() => listener.close());
    return { port, taken, faults };
  }

  function client(port: number, more: object = {}): Transporter {
    const transport = createTransport({ host: "127.0.0.1", port, ignoreTLS: true, ...more });
    ended.push(() => transport.close());
    return transport;
  }

  const mail = (to: string | string[] = ours, raw = "Subject: x\r\n\r\n.dot\r\n") => ({
    envelope: { from: "", to },
    raw,
  });

  test("ends a connection that speaks so slowly that it would last for ever, and takes others then", async () => {
    const { port, taken } = await listen({ lifetimeMs: 500, idleMs: 400, connectionsMax: 1 });
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    const slowly = setInterval(() => socket.write("N"), 50);
    await new Promise((closed) => void socket.once("close", closed));
    clearInterval(slowly);
    // The server hears of its end a moment later.
    const isTaken = () =>
      client(port)
        .sendMail(mail())
        .then(
          () => true,
          () => false,
        );
    await expect.poll(isTaken).toBe(true);
    expect(taken).toHaveLength(1);
  });

  test("takes a mail whole, with the recipient of its envelope, from the empty sender", async () => {
    const { port, taken } = await listen();
    const { response } = await client(port).sendMail(mail());
    expect(response).toMatch(/^250 /);
    expect(taken).toMatchObject([{ way: "smtp", recipients: [ours], receivedAt: 1000 }]);
    expect(taken[0]?.raw.toString()).toBe("Subject: x\r\n\r\n.dot\r\n");
  });

  test("refuses every other recipient for good", async () => {
    const { port, taken } = await listen();
    await expect(client(port).sendMail(mail("jane@example.org"))).rejects.toMatchObject({
      responseCode: 550,
      response: expect.stringContaining("5.1.1"),
    });
    expect(taken).toEqual([]);
  });

  test("takes one recipient a mail, and asks for another one again", async () => {
    const { port, taken } = await listen();
    const { accepted, rejectedErrors } = await client(port).sendMail(mail([ours, `also-${ours}`]));
    expect(accepted).toEqual([ours]);
    expect(rejectedErrors).toMatchObject([{ responseCode: 452 }]);
    expect(taken).toHaveLength(1);
  });

  test("asks for the mail again where it could not be made durable", async () => {
    const { port, faults } = await listen({}, true);
    await expect(client(port).sendMail(mail())).rejects.toMatchObject({ responseCode: 451 });
    expect(faults).toMatchObject([{ message: "the store is away" }]);
  });

  test("refuses a mail that is too large, announced or not, and keeps none of it", async () => {
    const { port, taken } = await listen();
    await expect(
      client(port).sendMail(mail(ours, `Subject: x\r\n\r\n${"x".repeat(20_000)}\r\n`)),
    ).rejects.toMatchObject({ responseCode: 552 });
    expect(taken).toEqual([]);
  });

  test("encrypts with the certificate that it was given, and offers nothing where there is none", async () => {
    const { port } = await listen({ tls });
    const encrypted = client(port, { host: "localhost", ignoreTLS: false, requireTLS: true, tls: { ca: tls.cert } });
    expect((await encrypted.sendMail(mail())).response).toMatch(/^250 /);
    const { port: bare } = await listen();
    await expect(client(bare, { ignoreTLS: false, requireTLS: true }).sendMail(mail())).rejects.toMatchObject({
      code: expect.stringMatching(/ETLS|EPROTOCOL/),
    });
  });

  test("tells who is too many to come later", async () => {
    const { port } = await listen({ connectionsMax: 1 });
    const pooled = client(port, { pool: true, maxConnections: 1 });
    await pooled.sendMail(mail());
    await expect(client(port).sendMail(mail())).rejects.toMatchObject({ responseCode: 421 });
  });
});
