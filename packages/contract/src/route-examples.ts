/** One call of a route: what openapi.json and the reference show. Values of the path and the query, and a body. */
export interface RouteExample {
  path?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

const anna = { id: "anna", email: "anna@example.com" };
/** An id of nothing; see below. */
export const someId = "019c8a3e-5f00-8a11-9c2d-3b4e5f607182";

/**
 * By operation. A test parses each with the schema of its route; another calls them on a server, in this order, where
 * `someId` stands for the id that the call before it answered.
 */
// biome-ignore format: one route per line is what lets this be read as a table
export const routeExamples: Readonly<Record<string, RouteExample>> = {
  putCategory: { path: { key: "orders" }, body: { name: "Orders", description: "What happens to an order", class: "transactional", retry: { delaysSeconds: [60, 300, 900] } } },
  getCategory: { path: { key: "orders" } },
  listCategories: { query: { limit: "20" } },
  putTemplate: { path: { key: "order-placed" }, body: { name: "Order placed", email: { subject: "Your order {{data.order}}", text: "Thank you, {{data.name}}. We have your order {{data.order}}.", html: "<p>Thank you, {{data.name}}. We have your order <b>{{data.order}}</b>.</p>" } } },
  getTemplate: { path: { key: "order-placed" } },
  previewTemplate: { path: { key: "order-placed" }, body: { channel: "email", recipient: { id: "anna", locale: "de-AT" }, data: { order: "A-1001", name: "Anna" } } },
  listTemplates: { query: { limit: "20" } },
  putIntegration: { path: { key: "mailbox" }, body: { name: "Sandbox mailbox", channel: "email", provider: "sandbox", priority: 1000 } },
  getIntegration: { path: { key: "mailbox" } },
  listIntegrations: { query: { limit: "20" } },
  putPartial: { path: { key: "button" }, body: { html: '<a href="{{url}}">{{label}}</a>', text: "{{label}}: {{url}}" } },
  getPartial: { path: { key: "button" } },
  listPartials: { query: { limit: "20" } },
  putLayout: { path: { key: "letter" }, body: { email: { html: "<h1>{{tenant.name}}</h1>{{> content}}", text: "{{> content}}" } } },
  getLayout: { path: { key: "letter" } },
  listLayouts: { query: { limit: "20" } },
  putTenant: { path: { key: "acme" }, body: { name: "Acme", branding: { color: "#1f6feb", logoUrl: "https://acme.example.com/logo.png" } } },
  getTenant: { path: { key: "acme" } },
  listTenants: { query: { limit: "20" } },
  putWorkflow: { path: { key: "order-placed" }, body: { name: "Order placed", event: "order.placed", category: "orders", steps: [{ id: "mail", type: "channel", channel: "email", template: "order-placed" }] } },
  getWorkflow: { path: { key: "order-placed" } },
  listWorkflows: { query: { limit: "20" } },
  listWorkflowVersions: { path: { key: "order-placed" }, query: { limit: "20" } },
  rollbackWorkflow: { path: { key: "order-placed" }, headers: { "If-Match": '"1"' }, body: { version: 1 } },
  checkConfiguration: { body: { documents: [{ kind: "category", key: "orders", document: { class: "critical" } }], expect: [{ kind: "category", key: "orders", version: 1 }] } },
  applyConfiguration: { body: { documents: [{ kind: "category", key: "news", document: { class: "marketing" } }] } },
  listEnvironments: {},
  putRecipient: { path: { id: "anna" }, body: { email: "anna@example.com", locale: "de-AT", timeZone: "Europe/Vienna", attributes: { plan: "pro" }, personal: { name: "Anna" } } },
  getRecipient: { path: { id: "anna" } },
  addSuppressions: { body: { suppressions: [{ channel: "email", address: "ben@example.com" }, { channel: "email", address: "ida@example.com", scope: "category", value: "news", reason: "asked by mail" }] } },
  listSuppressions: { query: { channel: "email", address: "ida@example.com" } },
  sendEvent: { headers: { "Idempotency-Key": "order-A-1001" }, body: { name: "order.placed", recipients: ["anna"], data: { order: "A-1001", name: "Anna" } } },
  getEvent: { path: { id: someId } },
  sendEvents: { body: { events: [{ name: "order.placed", recipients: ["anna"], data: { order: "A-1002" }, idempotencyKey: "order-A-1002" }, { name: "order.placed", recipients: [anna], data: { order: "A-1003" }, cancellationKey: "order-A-1003" }] } },
  cancelEvents: { body: { cancellationKey: "order-A-1003" } },
  sendMessage: { headers: { "Idempotency-Key": "invoice-A-1001" }, body: { channel: "email", to: "anna", category: "orders", content: { subject: "Your invoice", text: "Your invoice for the order A-1001 is ready." } } },
  listMessages: { query: { recipient: "anna", limit: "20" } },
  getMessage: { path: { id: someId } },
  listDeadLetters: { query: { limit: "20" } },
  getDeadLetter: { path: { id: someId } },
  replayDeadLetters: { body: { channel: "email", limit: 100 } },
  listQueues: {},
  listWorkers: {},
  listApiKeys: { query: { limit: "20" } },
  createApiKey: { body: { name: "Shop" } },
  revokeApiKey: { path: { id: someId } },
  reportFeedback: { path: { integration: "mailbox" }, query: { environment: "production" } },
  createWebhook: { body: { url: "https://shop.example.com/webhooks/tidings", description: "Shop", types: ["message.delivered", "message.bounced", "message.dead"] } },
  getWebhook: { path: { id: someId } },
  putWebhook: { path: { id: someId }, body: { url: "https://shop.example.com/webhooks/tidings", types: ["message.bounced"] } },
  getWebhookSecret: { path: { id: someId } },
  rotateWebhookSecret: { path: { id: someId }, body: { previousValidSeconds: 86400 } },
  testWebhook: { path: { id: someId }, body: { type: "message.bounced" } },
  listWebhookDeliveries: { path: { id: someId }, query: { state: "dead" } },
  resendWebhookDelivery: { path: { id: someId, delivery: someId } },
  deleteWebhook: { path: { id: someId } },
  listWebhooks: { query: { limit: "20" } },
  deleteWorkflow: { path: { key: "order-placed" } },
  deleteTemplate: { path: { key: "order-placed" } },
  deleteIntegration: { path: { key: "mailbox" } },
  deleteCategory: { path: { key: "orders" } },
  deleteLayout: { path: { key: "letter" } },
  deletePartial: { path: { key: "button" } },
  deleteTenant: { path: { key: "acme" } },
  deleteRecipient: { path: { id: "anna" } },
};
