import { z } from "zod";

/** What `POST /orders` takes. */
export const orderBodySchema = z.strictObject({
  customer: z.strictObject({ id: z.string().min(1).max(100), email: z.email(), name: z.string().min(1).max(100) }),
  items: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        count: z.int().min(1).max(1000),
        priceCents: z.int().min(0).max(100_000_000),
      }),
    )
    .min(1)
    .max(100),
});
export type OrderBody = z.infer<typeof orderBodySchema>;

export interface Order extends OrderBody {
  id: string;
  shipped: boolean;
}

/** A mail of an order, and the latest that Tidings reported of it. */
export interface OrderMail {
  message: string;
  template: string;
  state: string;
}

/** Data of the events that the shop reports: the SDK checks each call with them. */
export interface ShopEvents {
  "order.placed": {
    order: string;
    name: string;
    items: { name: string; count: number; total: string }[];
    total: string;
  };
  "order.shipped": { order: string; name: string; trackingUrl: string };
}

/** Cents as a customer reads them. */
export function euros(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`;
}
