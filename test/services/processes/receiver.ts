import { createServer } from "node:http";

export interface Arrival {
  at: number;
  body: string;
}

/** A receiver of webhooks in this process: what came, by message. */
export async function startReceiver(): Promise<{
  url: string;
  arrivals: ReadonlyMap<string, Arrival>;
  close(): Promise<void>;
}> {
  const arrivals = new Map<string, Arrival>();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      arrivals.set(String(request.headers["webhook-id"]), { at: Date.now(), body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver listens on no port");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    arrivals,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
