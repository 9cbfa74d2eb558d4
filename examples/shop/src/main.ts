import { Tidings } from "@tidings/client";
import type { ShopEvents } from "./order.ts";
import { Orders } from "./orders.ts";
import { Reporter } from "./reporter.ts";
import { createShop } from "./shop.ts";

/** How often what Tidings could not be told is tried again. */
const retryMs = 5000;

const env = (name: string, initial: string): string => process.env[name] ?? initial;

const port = Number(env("SHOP_PORT", "4500"));
const orders = new Orders(env("SHOP_DATABASE", "shop.db"));
const tidings = new Tidings<ShopEvents>({
  baseUrl: env("TIDINGS_URL", "http://127.0.0.1:4400"),
  apiKey: env("TIDINGS_API_KEY", ""),
});
const reporter = new Reporter(tidings, orders, env("SHOP_URL", `http://127.0.0.1:${port}`));
const shop = createShop({ orders, reporter, webhookSecret: env("SHOP_WEBHOOK_SECRET", "") });

const tellWhatIsOpen = (): void => {
  reporter.tellAll().catch((error: unknown) => shop.log.warn({ err: error }, "Tidings could not be told yet"));
};
// What a crash left open is told at once, and what fails later is told again.
tellWhatIsOpen();
const timer = setInterval(tellWhatIsOpen, retryMs);

const stop = async (): Promise<void> => {
  clearInterval(timer);
  await shop.close();
  orders.close();
};
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void stop());

const address = await shop.listen({ port });
process.stdout.write(`The shop is open: ${address}\n`);
