import type { Api } from "./api.ts";

/** Makes `critical`, `transactional` and `marketing` events send one mail each through the fake provider. */
export async function configureFake(
  api: Api,
  fake: { baseUrl: string; maxBatch: number; maxInFlight: number },
): Promise<void> {
  for (const key of ["critical", "transactional", "marketing"]) {
    await api.put(`/v1/categories/${key}`, { class: key, retry: { delaysSeconds: [1, 1, 2, 2, 4, 4, 8, 8, 16, 16] } });
  }
  await api.put("/v1/templates/order", {
    email: {
      subject: "Order {{data.order}}",
      text: "Hello {{data.name}}, your order {{data.order}} is on its way: {{data.url}}",
      html: '<h1>Hello {{data.name}}</h1><ul>{{#each data.items}}<li>{{count}} × {{name}}</li>{{/each}}</ul><p><a href="{{data.url}}">Your order {{data.order}}</a></p>',
    },
  });
  await api.put("/v1/integrations/fake", {
    channel: "email",
    provider: "simulator",
    settings: { baseUrl: fake.baseUrl, maxBatch: fake.maxBatch },
    secrets: { feedbackSecret: "secret-of-the-fake-provider-0123456789" },
    limits: { maxInFlight: fake.maxInFlight, timeoutMs: 10_000 },
  });
  for (const key of ["critical", "transactional", "marketing"]) {
    await api.put(`/v1/workflows/${key}`, {
      event: key,
      category: key,
      steps: [{ id: "mail", type: "channel", channel: "email", template: "order" }],
    });
  }
}
