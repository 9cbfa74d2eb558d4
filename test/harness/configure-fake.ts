import type { Api } from "./api.ts";

export const feedbackSecret = "secret-of-the-fake-provider-0123456789";

export interface FakeAccount {
  baseUrl: string;
  maxBatch: number;
  maxInFlight: number;
  ratePerSecond?: number;
  timeoutMs?: number;
  priority?: number;
}

/** An account of a fake provider, for mail. */
export async function putFake(
  api: Api,
  key: string,
  { baseUrl, maxBatch, priority, ...limits }: FakeAccount,
): Promise<void> {
  await api.put(`/v1/integrations/${key}`, {
    channel: "email",
    provider: "simulator",
    ...(priority === undefined ? {} : { priority }),
    settings: { baseUrl, maxBatch },
    secrets: { feedbackSecret },
    limits: { timeoutMs: 10_000, ...limits },
  });
}

/** Makes `critical`, `transactional` and `marketing` events send one mail each through the fake provider. */
export async function configureFake(api: Api, fake: FakeAccount): Promise<void> {
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
  await putFake(api, "fake", fake);
  for (const key of ["critical", "transactional", "marketing"]) {
    await api.put(`/v1/workflows/${key}`, {
      event: key,
      category: key,
      steps: [{ id: "mail", type: "channel", channel: "email", template: "order" }],
    });
  }
}
