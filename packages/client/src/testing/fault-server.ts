import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** How the server treats one request. */
export type Behaviour =
  | { kind: "answer"; status: number; json?: unknown; text?: string; headers?: Record<string, string> }
  /** Closes the connection without a byte. */
  | { kind: "drop" }
  /** Promises more bytes than it sends, then closes. */
  | { kind: "cut"; text: string }
  /** Never answers. */
  | { kind: "stall" }
  /** Sends its head and a part of its body, then nothing. */
  | { kind: "hang"; text: string };

export interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
  at: number;
}

export interface FaultServer {
  url: string;
  /** Requests in order. */
  seen: Seen[];
  /** Behaviours of the requests to come, in order; afterwards the last one goes on. */
  script: Behaviour[];
  /** Resolves when so many requests have come. */
  received(count: number): Promise<void>;
  /** Connections whose request waits for an answer. */
  open(): number;
  close(): Promise<void>;
}

/** A server of HTTP that misbehaves as it is told. */
export async function faultServer(): Promise<FaultServer> {
  const seen: Seen[] = [];
  const script: Behaviour[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const pending = new Set<ServerResponse>();
  const server = createServer(async (request, response) => {
    pending.add(response);
    response.on("close", () => pending.delete(response));
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers, body, at: performance.now() });
    const behaviour = script.length > 1 ? script.shift() : script[0];
    if (behaviour !== undefined) behave(behaviour, response);
    for (const each of waiting) if (seen.length >= each.count) each.resolve();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    seen,
    script,
    received: (count) =>
      seen.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    open: () => pending.size,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function behave(behaviour: Behaviour, response: ServerResponse): void {
  if (behaviour.kind === "answer") {
    const { status, json, text = json === undefined ? "" : JSON.stringify(json), headers } = behaviour;
    const type = status >= 400 ? "application/problem+json" : "application/json; charset=utf-8";
    response.writeHead(status, { "content-type": type, ...headers }).end(text);
  } else if (behaviour.kind === "drop") response.destroy();
  else if (behaviour.kind === "cut") {
    response.writeHead(200, { "content-length": "1000000" });
    response.write(behaviour.text, () => response.destroy());
  } else if (behaviour.kind === "hang") response.writeHead(200).write(behaviour.text);
}
