import { limits } from "@tidings/contract/limits";
import { idSchema } from "@tidings/contract/text";
import { webhookDeliveryQuerySchema, webhookTestBodySchema } from "@tidings/contract/webhooks";
import { TidingsError } from "../errors.ts";
import { cursorOf, positionOf, timedIdPosition } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, idParameter, parameter, valid } from "./validation.ts";
import { deliveryView } from "./webhook-views.ts";

type WebhookDeliveryDependencies = Pick<ApiDependencies, "store" | "clock" | "ids" | "broadcast">;

/** `/v1/webhooks/{id}/deliveries`: what an endpoint was told, and telling it again. */
export function webhookDeliveryHandlers({ store, clock, ids, broadcast }: WebhookDeliveryDependencies): Handlers {
  const existing = async (environmentId: number, webhookId: string): Promise<string> => {
    if ((await store.getWebhook({ environmentId, id: webhookId })) === undefined) throw new TidingsError("not_found");
    return webhookId;
  };
  return {
    listWebhookDeliveries: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize, state, type } = valid(webhookDeliveryQuerySchema, request.query);
      const webhookId = await existing(environmentId, idParameter(request));
      const before = positionOf(cursor, timedIdPosition);
      const page = await store.listWebhookDeliveries({ environmentId, webhookId, state, type, before, limit });
      return {
        items: page.items.map((row) => deliveryView(row, row.log)),
        nextCursor: page.next === undefined ? undefined : cursorOf(page.next),
      };
    },

    resendWebhookDelivery: async (request, { environmentId }) => {
      const webhookId = await existing(environmentId, idParameter(request));
      const id = parameter(request, "delivery").toLowerCase();
      if (!idSchema.safeParse(id).success) throw new TidingsError("not_found");
      const row = await store.resendWebhookDelivery({ environmentId, webhookId, id, now: clock.now() });
      if (row === undefined) throw new TidingsError("not_found");
      broadcast.publish("work");
      return deliveryView(row, row.log);
    },

    testWebhook: async (request, { environmentId }) => {
      const { type = "message.delivered" } = request.body === undefined ? {} : body(webhookTestBodySchema, request);
      const added = { environmentId, webhookId: idParameter(request), id: ids.next(), type, now: clock.now() };
      const row = await store.addWebhookExample(added);
      if (row === undefined) throw new TidingsError("not_found");
      broadcast.publish("work");
      return deliveryView(row, []);
    },
  };
}
