import { readFileSync } from "node:fs";
import { templateBodySchema } from "@tidings/contract/templates";
import { textOfHtml } from "../packages/server/src/lib/html-text.ts";
import type { TemplateFacts } from "../packages/server/src/ports/template-engine.ts";
import { HandlebarsEngine } from "../packages/server/src/templates/handlebars.ts";

/** Microseconds per rendering of typical mails, and per text made from HTML: `npm run bench -- templates`, or by tsx. */

const source = (name: string): string =>
  readFileSync(new URL(`../notifications/templates/${name}.handlebars`, import.meta.url), "utf8");
const parts = {
  layout: () => ({ email: { html: "<html><body><h1>{{tenant.name}}</h1>{{> content}}</body></html>" } }),
  partial: () => ({ html: '<a href="{{url}}">{{label}}</a>' }),
};
const plain = {
  subject: "Order {{data.order}}",
  text: "Hello {{data.name}}, your order {{data.order}} is on its way: {{data.url}}",
  html: '<h1>Hello {{data.name}}</h1><p><a href="https://x.example/{{data.order}}">Your order {{data.order}}</a></p>',
};
const mails: Record<string, object> = {
  "three fields": { email: plain },
  "three fields, a link of the data": {
    email: { ...plain, html: plain.html.replace("https://x.example/{{data.order}}", "{{data.url}}") },
  },
  "three fields, missing: fail": { missing: "fail", email: plain },
  "layout and partial": {
    layout: "base",
    email: { ...plain, html: `${plain.html}{{> button url=data.url label="Follow"}}` },
  },
  "message, date and amount": {
    email: { ...plain, text: "{{t 'items' n=data.n}} {{date data.at style='long'}} {{currency data.total 'EUR'}}" },
    messages: { default: { items: "{n, plural, one {# item} other {# items}}" } },
  },
  "a whole page": { email: { subject: "s", text: "t", html: source("newsletter/email.html") } },
  "a whole page, its text derived": { email: { subject: "s", html: source("newsletter/email.html") } },
};
const facts: TemplateFacts = {
  data: {
    order: "A-1",
    name: "Zoë",
    url: "https://x.example/t",
    n: 2,
    total: 12.5,
    at: "2026-11-24T10:00:00Z",
    title: "News",
    intro: "Hello",
    articles: Array.from({ length: 5 }, (_, index) => ({
      title: `Article ${index}`,
      summary: "What it is about & more",
      url: "https://x.example/a",
    })),
  },
  recipient: { id: "u", locale: "en", timeZone: "Europe/Vienna", attributes: {} },
  message: { id: "m" },
  tenant: { key: "acme", name: "Acme", branding: {} },
};

/** The best of some rounds, as others use the machine too. */
function microseconds(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 15; round += 1) {
    const startedAt = performance.now();
    for (let count = 0; count < 5000; count += 1) run();
    best = Math.min(best, ((performance.now() - startedAt) * 1000) / 5000);
  }
  return best;
}

const engine = new HandlebarsEngine();
for (const [name, body] of Object.entries(mails)) {
  const compiled = engine.compile(templateBodySchema.parse(body), "email", parts);
  console.log(
    `${microseconds(() => compiled.render(facts))
      .toFixed(2)
      .padStart(8)} µs  ${name}`,
  );
}
const page = engine.compile(templateBodySchema.parse(mails["a whole page"]), "email", parts).render(facts).html ?? "";
console.log(
  `${microseconds(() => textOfHtml(page))
    .toFixed(2)
    .padStart(8)} µs  text of ${page.length} characters of HTML`,
);
