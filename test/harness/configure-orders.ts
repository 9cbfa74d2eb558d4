import type { Api } from "./api.ts";

/**
 * Orders whose mail goes to the sandbox (`order.mail`), and whose webhook's only attempt is answered by whoever the
 * recipient's address names (`order.hook`).
 */
export async function configureOrders(api: Api): Promise<void> {
  await api.put("/v1/categories/orders", { class: "transactional", retry: { delaysSeconds: [] } });
  await api.put("/v1/integrations/mailbox", { channel: "email", provider: "sandbox" });
  await api.put("/v1/integrations/hook", {
    channel: "webhook",
    provider: "webhook",
    secrets: { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
  });
  await api.put("/v1/templates/order", { email: { subject: "Order {{data.order}}", text: "Sent" }, webhook: {} });
  for (const [key, channel] of [
    ["order.mail", "email"],
    ["order.hook", "webhook"],
  ]) {
    await api.put(`/v1/workflows/${key}`, {
      category: "orders",
      steps: [{ id: "s", type: "channel", channel, template: "order" }],
    });
  }
}
