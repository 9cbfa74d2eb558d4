import { once } from "node:events";
import { createServer, type Socket } from "node:net";

export interface ScriptedSmtp {
  port: number;
  /** Texts that were taken, by recipient. */
  taken: Map<string, number>;
  close(): Promise<void>;
}

/**
 * A server that does to a mail what its recipient's name says:
 *
 *   ok@        takes it                          busy@      451, then takes it
 *   greylist@  450 4.7.1                         full@      452 4.2.2
 *   gone@      550 5.1.1                         policy@    554 5.7.1
 *   slow@      takes it, each reply after 300 ms
 *   cut@       closes the connection at DATA     lost@      takes it, and closes without a word
 *   mute@      takes it, and never says so
 */
export async function startScriptedSmtp(): Promise<ScriptedSmtp> {
  const taken = new Map<string, number>();
  const seen = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    converse(socket, { taken, seen });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: address !== null && typeof address === "object" ? address.port : 0,
    taken,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

interface Counts {
  taken: Map<string, number>;
  seen: Map<string, number>;
}

const count = (counts: Map<string, number>, name: string): number => {
  const next = (counts.get(name) ?? 0) + 1;
  counts.set(name, next);
  return next;
};

const refusals: Readonly<Record<string, string>> = {
  greylist: "450 4.7.1 come back later",
  full: "452 4.2.2 mailbox full",
  gone: "550 5.1.1 no such user",
  policy: "554 5.7.1 not from you",
};

function converse(socket: Socket, { taken, seen }: Counts): void {
  let rest = "";
  let name = "";
  let isText = false;
  const say = (text: string): void => {
    if (name !== "slow") socket.write(`${text}\r\n`);
    else setTimeout(() => socket.write(`${text}\r\n`), 300);
  };
  const answerTo = (line: string): string => {
    if (line.startsWith("EHLO")) return "250-scripted.test\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME";
    if (line === "DATA") return "354 go on";
    if (!line.startsWith("RCPT")) return "250 2.0.0 ok";
    name = /<([^@]+)@/.exec(line)?.[1] ?? "";
    if (name === "busy" && count(seen, name) === 1) return "451 4.3.0 try later";
    return refusals[name] ?? "250 2.1.5 ok";
  };
  const onLine = (line: string): void => {
    isText = line === "DATA";
    if (isText && name === "cut") socket.resetAndDestroy();
    else say(answerTo(line));
  };
  const onEnd = (): void => {
    isText = false;
    count(taken, name);
    if (name === "lost") socket.resetAndDestroy();
    else if (name !== "mute") say("250 2.0.0 taken");
  };
  socket.write("220 scripted.test ESMTP\r\n");
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    rest += chunk;
    for (let end = rest.indexOf("\r\n"); end !== -1; end = rest.indexOf("\r\n")) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (!isText) onLine(line);
      else if (line === ".") onEnd();
    }
  });
}
