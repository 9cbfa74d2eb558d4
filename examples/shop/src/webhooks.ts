import { isMessageEvent, TidingsWebhookError, verifyWebhook } from "@tidings/client/webhooks";
import type { FastifyInstance } from "fastify";
import type { Orders } from "./orders.ts";

const bodyBytesMax = 256 * 1024;

/**
 * Takes what Tidings tells of the shop's mails. The signature is one of the body as it came, so this route takes its
 * body as bytes: parsed and written again it would be another one.
 */
export function receiveWebhooks(app: FastifyInstance, orders: Orders, secret: string): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: bodyBytesMax }, (_request, body, done) => {
      done(null, body);
    });

    scope.post<{ Body: Buffer }>("/webhooks/tidings", async (request, reply) => {
      try {
        const event = await verifyWebhook(request.headers, request.body, secret);
        // What happens to recipients is told too, where an endpoint asks for it.
        if (!isMessageEvent(event)) return reply.code(204).send();
        const { timestamp, data } = event;
        orders.mailChanged({
          message: data.id,
          event: data.event,
          template: data.template ?? "",
          state: data.state,
          at: timestamp,
        });
        return reply.code(204).send();
      } catch (error) {
        if (!(error instanceof TidingsWebhookError)) throw error;
        // A type that this version of the SDK does not know is no reason to be told again and again.
        if (error.code === "event_unknown") return reply.code(204).send();
        request.log.warn({ code: error.code }, "a webhook was refused");
        return reply.code(400).send({ code: error.code });
      }
    });
  });
}
