import { createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { guardedSocket } from "./guarded-socket.ts";

/** What became of a connection: `connected`, or the code of its error. */
const outcomeOf = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    socket.on("connect", () => resolve("connected"));
    socket.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
  }).then((outcome) => {
    socket.destroy();
    return String(outcome);
  });

test("an address that is not public is connected to where that is allowed alone, by number and by name", async () => {
  const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const resolver = async () => [{ address: "127.0.0.1", family: 4 as const }];
  for (const host of ["127.0.0.1", "kafka.example.com"]) {
    const connect = (allowPrivateNetwork: boolean) =>
      // kafkajs gives no options where there is no TLS
      outcomeOf(
        guardedSocket({ allowPrivateNetwork, resolver })({ host, port, ssl: undefined as never, onConnect: () => {} }),
      );
    expect([host, await connect(true)]).toEqual([host, "connected"]);
    expect([host, await connect(false)]).toEqual([host, "private_address"]);
  }
  server.close();
});
