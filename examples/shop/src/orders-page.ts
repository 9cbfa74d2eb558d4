import { euros, type Order, type OrderMail } from "./order.ts";

interface Shown {
  order: Order;
  mails: readonly OrderMail[];
}

/** The orders with the state of their mails, for the people of the shop. */
export function ordersPage(shown: readonly Shown[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Orders</title>
<style>
  body { font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { border-bottom: 1px solid #ccc; padding: 0.5rem; text-align: left; vertical-align: top; }
</style>
</head>
<body>
<h1>Orders</h1>
<table>
<thead><tr><th scope="col">Order</th><th scope="col">Customer</th><th scope="col">Total</th><th scope="col">Mails</th></tr></thead>
<tbody>
${shown.map(row).join("\n")}
</tbody>
</table>
</body>
</html>
`;
}

function row({ order, mails }: Shown): string {
  const total = order.items.reduce((sum, { count, priceCents }) => sum + count * priceCents, 0);
  const states = mails.map(({ template, state }) => `${escaped(template)}: ${escaped(state)}`).join("<br>");
  return `<tr><td>${escaped(order.id)}</td><td>${escaped(order.customer.name)}</td><td>${euros(total)}</td><td>${states || "not reported yet"}</td></tr>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? "");
