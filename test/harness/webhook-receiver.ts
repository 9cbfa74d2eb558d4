import { once } from "node:events";
import { createServer } from "node:http";
import { type WebhookEvent, webhookEventSchema } from "@tidings/contract/webhook-events";
import { Webhook } from "standardwebhooks";
import { bodyOf } from "./body-of.ts";

/** An endpoint that verifies what it is told by the reference library of Standard Webhooks. */
export interface WebhookReceiver {
  url: string;
  /** Of the endpoint, as the server gave it; to be set before the first call. */
  secret: string;
  /** What was no event of ours, signed with the secret: why. */
  forged: readonly string[];
  close(): void;
}

/** `take` gives the status that a call is answered with. */
export async function startWebhookReceiver(
  take: (id: string, event: WebhookEvent) => number | Promise<number>,
): Promise<WebhookReceiver> {
  const forged: string[] = [];
  const server = createServer(async (request, response) => {
    const id = String(request.headers["webhook-id"]);
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(request.headers["webhook-timestamp"]),
      "webhook-signature": String(request.headers["webhook-signature"]),
    };
    const body = await bodyOf(request);
    let event: WebhookEvent;
    try {
      event = webhookEventSchema.parse(new Webhook(receiver.secret).verify(body, headers));
    } catch (error) {
      forged.push(String(error));
      response.writeHead(204).end();
      return;
    }
    response.writeHead(await take(id, event)).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}/`,
    secret: "",
    forged,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}
