import type { Api } from "./api.ts";

/** An account `smtp` without TLS on this machine, and a category `orders` of what is transactional. */
export async function configureSmtp(
  api: Api,
  settings: { port: number; returnPath: string } & Record<string, unknown>,
  secrets?: Record<string, string>,
): Promise<void> {
  await api.put("/v1/categories/orders", { class: "transactional" });
  await api.put("/v1/integrations/smtp", {
    channel: "email",
    provider: "smtp",
    settings: { host: "127.0.0.1", secure: "none", from: "Acme <noreply@acme.test>", ...settings },
    ...(secrets === undefined ? {} : { secrets }),
  });
}
