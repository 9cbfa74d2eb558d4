import { randomUUID } from "node:crypto";
import Fastify, { type FastifyInstance } from "fastify";
import { z } from "zod";
import { orderBodySchema } from "./order.ts";
import type { Orders } from "./orders.ts";
import { ordersPage } from "./orders-page.ts";
import type { Reporter } from "./reporter.ts";
import { receiveWebhooks } from "./webhooks.ts";

export interface ShopOptions {
  orders: Orders;
  reporter: Reporter;
  /** Secret of the shop's webhook at Tidings, `whsec_…`. */
  webhookSecret: string;
}

const shownOrders = 50;
const idSchema = z.object({ id: z.string() });

/** The shop's HTTP: orders in, webhooks in, and what became of both. */
export function createShop({ orders, reporter, webhookSecret }: ShopOptions): FastifyInstance {
  const app = Fastify({ logger: { level: "warn" } });

  /** The order is placed once it is in the shop's own database. That Tidings hears of it may take longer. */
  const tell = (): void => {
    reporter.tellAll().catch((error: unknown) => app.log.warn({ err: error }, "Tidings could not be told yet"));
  };

  app.post("/orders", async (request, reply) => {
    const body = orderBodySchema.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ faults: z.flattenError(body.error) });
    const id = randomUUID();
    orders.place(id, body.data);
    tell();
    return reply.code(201).send({ id });
  });

  app.post("/orders/:id/ship", async (request, reply) => {
    const { id } = idSchema.parse(request.params);
    if (!orders.ship(id)) return reply.code(404).send({});
    tell();
    return reply.code(202).send({ id });
  });

  app.get("/orders/:id", async (request, reply) => {
    const order = orders.find(idSchema.parse(request.params).id);
    if (order === undefined) return reply.code(404).send({});
    return { ...order, mails: orders.mailsOf(order.id) };
  });

  app.get("/", async (_request, reply) => {
    const shown = orders.newest(shownOrders).map((order) => ({ order, mails: orders.mailsOf(order.id) }));
    return reply.type("text/html; charset=utf-8").send(ordersPage(shown));
  });

  receiveWebhooks(app, orders, webhookSecret);
  return app;
}
