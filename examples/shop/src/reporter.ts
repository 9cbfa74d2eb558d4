import type { Tidings } from "@tidings/client";
import { euros, type Order, type ShopEvents } from "./order.ts";
import type { Orders, Report } from "./orders.ts";

const reportsAtOnce = 100;

/**
 * Tells Tidings what is open. The order's id makes the idempotency key, so it does not matter how often something is
 * told: after a crash between the answer and its record the same event is sent again, and is the same event.
 */
export class Reporter {
  readonly #tidings: Tidings<ShopEvents>;
  readonly #orders: Orders;
  readonly #shopUrl: string;
  #last: Promise<void> = Promise.resolve();

  constructor(tidings: Tidings<ShopEvents>, orders: Orders, shopUrl: string) {
    this.#tidings = tidings;
    this.#orders = orders;
    this.#shopUrl = shopUrl;
  }

  /** Resolves when all that was open at the call has been told; rejects where Tidings cannot be told now. */
  tellAll(): Promise<void> {
    const round = this.#last.then(() => this.#tellOpen());
    this.#last = round.catch(() => {});
    return round;
  }

  async #tellOpen(): Promise<void> {
    for (;;) {
      const reports = this.#orders.openReports(reportsAtOnce);
      if (reports.length === 0) return;
      for (const report of reports) this.#orders.reported(report, await this.#tell(report));
    }
  }

  async #tell({ order, name }: Report): Promise<string> {
    const recipients = [{ id: order.customer.id, email: order.customer.email }];
    const options = { idempotencyKey: `${order.id}-${name}` };
    const { id } =
      name === "order.placed"
        ? await this.#tidings.events.send(name, { recipients, data: placedData(order) }, options)
        : await this.#tidings.events.send(name, { recipients, data: this.#shippedData(order) }, options);
    return id;
  }

  #shippedData(order: Order): ShopEvents["order.shipped"] {
    return { order: order.id, name: order.customer.name, trackingUrl: `${this.#shopUrl}/orders/${order.id}` };
  }
}

function placedData(order: Order): ShopEvents["order.placed"] {
  const total = order.items.reduce((sum, { count, priceCents }) => sum + count * priceCents, 0);
  return {
    order: order.id,
    name: order.customer.name,
    items: order.items.map(({ name, count, priceCents }) => ({ name, count, total: euros(count * priceCents) })),
    total: euros(total),
  };
}
