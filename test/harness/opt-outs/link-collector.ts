import { once } from "node:events";
import { createServer } from "node:http";
import { z } from "zod";
import { bodyOf } from "../body-of.ts";

const callSchema = z.object({ messages: z.array(z.object({ to: z.string(), text: z.string() })) });
const accepted = JSON.stringify({ outcomes: [{ status: "accepted" }] });

/** Takes the simulator's calls of one mail each, and keeps the mails' texts by their addresses. */
export interface LinkCollector {
  url: string;
  texts: ReadonlyMap<string, string>;
  close(): void;
}

export async function startLinkCollector(): Promise<LinkCollector> {
  const texts = new Map<string, string>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      for (const { to, text } of callSchema.parse(JSON.parse(body)).messages) texts.set(to, text);
      response.setHeader("content-type", "application/json").end(accepted);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    texts,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
