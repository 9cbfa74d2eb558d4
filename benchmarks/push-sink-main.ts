import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Server } from "node:net";

/*
 * APNs and FCM as servers that take everything and keep nothing, in a process of their own: HTTP/2 with TLS, and beside it
 * where FCM's access token comes from. Prints its ports.
 */

const file = (name: string): string =>
  readFileSync(new URL(`../packages/server/src/providers/testing/${name}`, import.meta.url), "utf8");
const name = JSON.stringify({ name: "projects/bench/messages/0:1500415314455276%7031b2e6f9fd7ecd" });

const vendor = createSecureServer({
  key: file("localhost-key.pem"),
  cert: file("localhost-cert.pem"),
  // what Apple's servers tell
  settings: { maxConcurrentStreams: 1000 },
});
vendor.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
  stream.on("error", () => undefined);
  // as a vendor does, it answers when all of the request is there
  stream.on("end", () => {
    const id = headers["apns-id"];
    stream.respond(
      id === undefined ? { ":status": 200, "content-type": "application/json" } : { ":status": 200, "apns-id": id },
    );
    stream.end(id === undefined ? name : undefined);
  });
  stream.resume();
});

const tokens = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ access_token: "a".repeat(1024), expires_in: 3600, token_type: "Bearer" }));
});

const listening = (server: Server | typeof vendor): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address: AddressInfo | string | null = server.address();
      resolve(address !== null && typeof address === "object" ? address.port : 0);
    });
  });

const [port, tokenPort] = await Promise.all([listening(vendor), listening(tokens)]);
process.stdout.write(`${JSON.stringify({ port, tokenPort })}\n`);
