import type { Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { testEnvironment } from "../../testing/environment.ts";
import { type RunningServer, startTcp } from "../../testing/servers.ts";
import { smtpSchema } from "../smtp-settings.ts";
import type { Envelope } from "./job.ts";
import { SmtpPool } from "./pool.ts";

/** What a server says to a line; undefined where it stays silent. `END` is the line that the final dot is. */
type Script = (line: string, socket: Socket, connection: number) => string | undefined;

const agree: Script = (line) => {
  if (line.startsWith("EHLO")) return "250-scripted\r\n250 PIPELINING";
  return line === "DATA" ? "354 go on" : "250 2.0.0 ok";
};

/** Says nothing from the first mail's end on, until it is let go. */
function holding(): { script: Script; isHolding(): boolean; letGo(): void } {
  let held: { socket: Socket; said: string[] } | undefined;
  return {
    script: (line, socket, connection) => {
      const answer = agree(line, socket, connection);
      if (held === undefined && line === "END") held = { socket, said: [] };
      if (held?.socket !== socket) return answer;
      held.said.push(`${answer}\r\n`);
      return undefined;
    },
    isHolding: () => held !== undefined,
    letGo: () => void held?.socket.write(held.said.join("")),
  };
}

interface Scripted extends RunningServer {
  /** Lines as they came; those that came in one piece stand together. */
  heard: string[][];
  texts: string[];
  connections: number;
}

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(script: Script): Promise<Scripted> {
  const heard: string[][] = [];
  const texts: string[] = [];
  const subject = { heard, texts, connections: 0 };
  const server = await startTcp((socket) => {
    subject.connections += 1;
    const connection = subject.connections;
    let rest = "";
    let text: string | undefined;
    const say = (line: string): void => {
      const answer = script(line, socket, connection);
      if (answer !== undefined) socket.write(`${answer}\r\n`);
      if (line === "DATA" && answer?.startsWith("354") === true) text = "";
    };
    socket.write("220 scripted ESMTP\r\n");
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      const lines: string[] = [];
      heard.push(lines);
      rest += chunk;
      for (let end = rest.indexOf("\r\n"); end !== -1; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (text === undefined) {
          lines.push(line);
          say(line);
        } else if (line === ".") {
          texts.push(text);
          text = undefined;
          lines.push("END");
          say("END");
        } else text += `${line}\r\n`;
      }
    });
  });
  cleanups.push(server.close);
  return Object.assign(subject, server);
}

function pool(port: number, more: object = {}): SmtpPool {
  const environment = testEnvironment();
  const settings = smtpSchema.parse({
    host: "127.0.0.1",
    port,
    secure: "none",
    clientName: "client.test",
    from: "a@acme.test",
    maxConnections: 1,
    ...more,
  });
  const subject = new SmtpPool(settings, environment);
  cleanups.push(environment.close, () => subject.close());
  return subject;
}

const envelope = (to: string, change: Partial<Envelope> = {}): Envelope => ({
  from: "a@acme.test",
  to,
  text: "Subject: x\r\n\r\nhello\r\n",
  needsSmtpUtf8: false,
  ...change,
});
/** Of a call that outlasts any test. */
const forever = 600_000;

describe("the SMTP client", () => {
  it("writes an envelope at once, and the next one behind a mail's end, where PIPELINING is offered", async () => {
    const server = await start(agree);
    const subject = pool(server.port);
    const sent = ["1@b.test", "2@b.test"].map((to) => subject.send(envelope(to), forever));
    expect(await Promise.all(sent)).toEqual([{ status: "accepted" }, { status: "accepted" }]);
    expect(server.heard).toEqual([
      ["EHLO client.test"],
      ["MAIL FROM:<a@acme.test>", "RCPT TO:<1@b.test>", "DATA"],
      ["END", "MAIL FROM:<a@acme.test>", "RCPT TO:<2@b.test>", "DATA"],
      ["END"],
    ]);
  });

  it("waits for each reply where it is not, and falls back to HELO", async () => {
    const server = await start((line, ...rest) => (line.startsWith("EHLO") ? "502 no" : agree(line, ...rest)));
    const subject = pool(server.port);
    const sent = ["1@b.test", "2@b.test"].map((to) => subject.send(envelope(to), forever));
    expect(await Promise.all(sent)).toEqual([{ status: "accepted" }, { status: "accepted" }]);
    const lines = ["MAIL FROM:<a@acme.test>", "RCPT TO:<1@b.test>", "DATA", "END", "MAIL FROM:<a@acme.test>"];
    expect(server.heard.slice(0, 7)).toEqual([
      ["EHLO client.test"],
      ["HELO client.test"],
      ...lines.map((line) => [line]),
    ]);
  });

  it.each([true, false])("says RSET after a refusal and goes on, pipelining %s", async (pipelining) => {
    const server = await start((line, ...rest) => {
      if (line.startsWith("EHLO")) return pipelining ? "250-x\r\n250 PIPELINING" : "250 x";
      if (line.includes("<bad@")) return "550 5.1.1 no such user";
      if (line === "DATA" && server.heard.flat().at(-2)?.includes("<bad@") === true) return "503 5.5.1 no recipient";
      return agree(line, ...rest);
    });
    const subject = pool(server.port);
    const outcomes = await Promise.all(["bad@b.test", "good@b.test"].map((to) => subject.send(envelope(to), forever)));
    expect(outcomes).toMatchObject([
      { kind: "permanent", suppress: true, detail: "550 5.1.1 to RCPT TO" },
      { status: "accepted" },
    ]);
    const lines = server.heard.flat();
    expect(lines.indexOf("RSET")).toBe(lines.lastIndexOf("RSET"));
    expect(lines[lines.indexOf("RSET") + 1]).toBe("MAIL FROM:<a@acme.test>");
    expect(server.texts).toHaveLength(1);
  });

  it("gives nothing to a server that wants a text without a recipient", async () => {
    const server = await start((line, ...rest) => {
      if (line === "END") return server.texts.at(-1) === "" ? "554 5.5.1 no recipient" : "250 ok";
      return line.includes("<bad@") ? "550 5.1.1 no such user" : agree(line, ...rest);
    });
    const subject = pool(server.port);
    const outcomes = await Promise.all(["bad@b.test", "good@b.test"].map((to) => subject.send(envelope(to), forever)));
    expect(outcomes).toMatchObject([{ kind: "permanent", suppress: true }, { status: "accepted" }]);
    expect(server.texts).toEqual(["", "Subject: x\r\n\r\nhello\r\n"]);
  });

  it("doubles dots that begin a line, so that no text ends early", async () => {
    const server = await start(agree);
    const text = ".\r\n..\r\n.\r\nMAIL FROM:<eve@x.test>\r\n.x\r\n";
    expect(await pool(server.port).send(envelope("a@b.test", { text }), forever)).toEqual({ status: "accepted" });
    expect(server.texts).toEqual(["..\r\n...\r\n..\r\nMAIL FROM:<eve@x.test>\r\n..x\r\n"]);
  });

  it("asks for SMTPUTF8 where the server has it, and refuses for good where it has not", async () => {
    const with8 = await start((line, ...rest) =>
      line.startsWith("EHLO") ? "250-x\r\n250-8BITMIME\r\n250-SIZE 1000\r\n250 SMTPUTF8" : agree(line, ...rest),
    );
    const mail = envelope("用户@例子.广告", { text: "To: 用户@例子.广告\r\n\r\nx\r\n", needsSmtpUtf8: true });
    expect(await pool(with8.port).send(mail, forever)).toEqual({ status: "accepted" });
    expect(with8.heard.flat()).toContain(
      `MAIL FROM:<a@acme.test> SIZE=${Buffer.byteLength(mail.text)} BODY=8BITMIME SMTPUTF8`,
    );
    expect(with8.heard.flat()).toContain("RCPT TO:<用户@例子.广告>");
    expect(with8.texts).toEqual([mail.text]);
    const without = await start(agree);
    expect(await pool(without.port).send(mail, forever)).toMatchObject({
      kind: "permanent",
      code: "smtputf8_unsupported",
    });
    expect(without.texts).toEqual([]);
  });

  it("does not offer what is larger than the server takes", async () => {
    const server = await start((line, ...rest) =>
      line.startsWith("EHLO") ? "250-x\r\n250 SIZE 10" : agree(line, ...rest),
    );
    expect(await pool(server.port).send(envelope("a@b.test"), forever)).toMatchObject({
      kind: "permanent",
      code: "too_large",
    });
    expect(server.heard.flat()).toEqual(["EHLO client.test"]);
  });

  it("logs in with LOGIN where PLAIN is not offered", async () => {
    const server = await start((line, ...rest) => {
      if (line.startsWith("EHLO")) return "250-x\r\n250 AUTH LOGIN";
      if (line === "AUTH LOGIN") return "334 VXNlcm5hbWU6";
      if (line === Buffer.from("usér").toString("base64")) return "334 UGFzc3dvcmQ6";
      return line === Buffer.from("pass").toString("base64") ? "235 2.7.0 ok" : agree(line, ...rest);
    });
    const subject = pool(server.port, { username: "usér", password: "pass" });
    expect(await subject.send(envelope("a@b.test"), forever)).toEqual({ status: "accepted" });
  });

  it("trusts nothing that came in clear behind the reply to STARTTLS", async () => {
    const server = await start((line, ...rest) => {
      if (line.startsWith("EHLO")) return "250-x\r\n250 STARTTLS";
      return line === "STARTTLS" ? "220 go\r\n250-x\r\n250 AUTH PLAIN" : agree(line, ...rest);
    });
    const subject = pool(server.port, { secure: "starttls", username: "user", password: "pass" });
    expect(await subject.send(envelope("a@b.test"), forever)).toMatchObject({
      status: "rejected",
      kind: "transient",
    });
    expect(server.heard.flat()).toEqual(["EHLO client.test", "STARTTLS"]);
  });

  it("renews a connection after its number of mails, and says QUIT", async () => {
    const server = await start(agree);
    const subject = pool(server.port, { maxMessages: 2 });
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, (_, index) => subject.send(envelope(`${index}@b.test`), forever)),
    );
    expect(outcomes).toEqual(Array(5).fill({ status: "accepted" }));
    expect(server.connections).toBe(3);
    await vi.waitUntil(() => server.heard.flat().filter((line) => line === "QUIT").length === 2);
  });

  it("closes a connection that has been idle, and opens one when there is work again", async () => {
    const server = await start(agree);
    const subject = pool(server.port, { idleTimeoutMs: 20 });
    await subject.send(envelope("1@b.test"), forever);
    await vi.waitUntil(() => server.heard.flat().includes("QUIT"));
    expect(await subject.send(envelope("2@b.test"), forever)).toEqual({ status: "accepted" });
    expect(server.connections).toBe(2);
  });

  it("sends again, once, what it wrote to a connection that the server had closed", async () => {
    const server = await start((line, socket, connection) => {
      if (line.includes("<2@") && connection < 3) {
        socket.resetAndDestroy();
        return undefined;
      }
      return agree(line, socket, connection);
    });
    const subject = pool(server.port);
    expect(await subject.send(envelope("1@b.test"), forever)).toEqual({ status: "accepted" });
    // the first mail on a connection shares its fate
    expect(await subject.send(envelope("2@b.test"), forever)).toMatchObject({ kind: "transient" });
    expect(server.connections).toBe(2);
    expect(await subject.send(envelope("2@b.test"), forever)).toEqual({ status: "accepted" });
    expect(server.texts).toHaveLength(2);
  });

  it("sends the first mail on a connection once: what ended it may end the next one, too", async () => {
    const server = await start((line, socket, connection) => {
      if (line.startsWith("MAIL")) socket.resetAndDestroy();
      return line.startsWith("MAIL") ? undefined : agree(line, socket, connection);
    });
    const outcome = await pool(server.port).send(envelope("a@b.test"), forever);
    expect(outcome).toMatchObject({ kind: "transient", code: "connection_lost" });
    expect(server.connections).toBe(1);
  });

  it("knows that a long mail whose end never left it was not taken", async () => {
    const server = await start((line, socket, connection) => {
      if (line === "DATA") socket.pause();
      return agree(line, socket, connection);
    });
    const subject = pool(server.port);
    const text = `Subject: x\r\n\r\n${"x".repeat(998).concat("\r\n").repeat(20_000)}`;
    const sent = subject.send(envelope("a@b.test", { text }), forever);
    await vi.waitUntil(() => server.heard.flat().includes("DATA"));
    await server.close();
    cleanups.splice(0, 1);
    expect(await sent).toMatchObject({ status: "rejected", kind: "transient", code: "connection_lost" });
  });

  it("puts off at once all that waits for a server that is not there", async () => {
    const server = await start(agree);
    await server.close();
    cleanups.splice(0);
    const subject = pool(server.port, { maxConnections: 5 });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => subject.send(envelope("a@b.test"), forever)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: "transient", code: "connection_failed" });
  });

  it("puts off what finds the queue full or waits in it for too long", async () => {
    const server = await start((line, ...rest) => (line === "END" ? undefined : agree(line, ...rest)));
    const subject = pool(server.port, { maxQueued: 1, queueTimeoutMs: 50, finalDotTimeoutMs: 400 });
    const first = subject.send(envelope("1@b.test"), forever);
    await vi.waitUntil(() => server.heard.flat().includes("END"));
    const second = subject.send(envelope("2@b.test"), forever);
    expect(await subject.send(envelope("3@b.test"), forever)).toMatchObject({ kind: "transient", code: "too_busy" });
    expect(await second).toMatchObject({ kind: "transient", code: "too_busy" });
    expect(await first).toMatchObject({ status: "unknown", code: "timeout" });
  });

  it("puts off the envelope that waits behind a reply that does not come, and never sends its text", async () => {
    const hold = holding();
    const server = await start(hold.script);
    const subject = pool(server.port, { queueTimeoutMs: 100 });
    const [first, second] = ["1@b.test", "2@b.test"].map((to) => subject.send(envelope(to), forever));
    expect(await second).toMatchObject({ kind: "transient", code: "too_busy" });
    expect(server.heard.flat()).toContain("RCPT TO:<2@b.test>");
    hold.letGo();
    expect(await first).toEqual({ status: "accepted" });
    expect(server.texts).toHaveLength(1);
  });

  it("sends no text after its call is over, and keeps waiting for the reply to what was sent", async () => {
    const hold = holding();
    const server = await start(hold.script);
    const subject = pool(server.port);
    const until = performance.now() + 200;
    const [first, second] = ["1@b.test", "2@b.test"].map((to) => subject.send(envelope(to), 200));
    await vi.waitUntil(() => hold.isHolding() && performance.now() > until);
    hold.letGo();
    expect(await first).toEqual({ status: "accepted" });
    expect(await second).toMatchObject({ kind: "transient", code: "aborted" });
    expect(server.texts).toHaveLength(1);
  });

  it("closes when the last call is over, not knowing of what was sent", async () => {
    const server = await start(holding().script);
    const subject = pool(server.port);
    const sent = subject.send(envelope("1@b.test"), 200);
    await vi.waitUntil(() => server.heard.flat().includes("END"));
    await subject.close();
    expect(await sent).toMatchObject({ status: "unknown", code: "closed" });
  });

  it("sends what it has taken before it closes", async () => {
    const server = await start(agree);
    const subject = pool(server.port);
    const sent = Array.from({ length: 10 }, (_, index) => subject.send(envelope(`${index}@b.test`), forever));
    await Promise.all([subject.close(), subject.close()]);
    expect(await Promise.all(sent)).toEqual(Array(10).fill({ status: "accepted" }));
    expect(await subject.send(envelope("a@b.test"), forever)).toMatchObject({ kind: "transient", code: "closed" });
  });

  it("ends a connection on which something is said that nobody asked for", async () => {
    const server = await start((line, socket, connection) => {
      if (line === "END") socket.write("250 ok\r\n421 4.4.2 timeout\r\n");
      return line === "END" ? undefined : agree(line, socket, connection);
    });
    const subject = pool(server.port);
    expect(await subject.send(envelope("1@b.test"), forever)).toEqual({ status: "accepted" });
    expect(await subject.send(envelope("2@b.test"), forever)).toEqual({ status: "accepted" });
    expect(server.connections).toBe(2);
  });
});
