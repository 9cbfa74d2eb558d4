import type { WorkflowBody } from "@tidings/contract/workflows";

/** A day, in which a second report of the same order tells nobody anything. */
const daySeconds = 86_400;

const orderShipped: WorkflowBody = {
  name: "Order shipped",
  event: "order.shipped",
  category: "orders",
  dedupe: { key: "data.order", windowSeconds: daySeconds },
  steps: [{ id: "shipped", type: "channel", channel: "email", template: "order-shipped" }],
};

export default orderShipped;
