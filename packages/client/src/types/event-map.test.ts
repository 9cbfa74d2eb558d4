import { expect, expectTypeOf, test } from "vitest";
import { type EventsOf, Tidings } from "../tidings.ts";

/** Types are checked by the compiler, in `npm run check`. */

const id = "018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d";
const bodies: unknown[] = [];
const options = {
  apiKey: "key",
  baseUrl: "http://localhost",
  retries: 0,
  fetch: async (_url: string, { body }: { body?: string }) => {
    const sent: unknown = JSON.parse(body ?? "null");
    bodies.push(sent);
    const isBatch = typeof sent === "object" && sent !== null && "events" in sent;
    return new Response(JSON.stringify(isBatch ? { results: [{ id }] } : { id }), { status: 202 });
  },
};

/** Interfaces have no index signature; they must do all the same. */
interface Order {
  order: string;
  total?: number;
}
interface Events {
  "order.shipped": Order;
  "user.joined": { plan?: "free" | "pro" };
}

test("names and data of events are those of the map", async () => {
  const tidings = new Tidings<Events>(options);
  await tidings.events.send("order.shipped", { recipients: ["u"], data: { order: "4711", total: 7 } });
  await tidings.events.send("user.joined", { recipients: ["u"] });
  await tidings.events.send("user.joined", { recipients: ["u"], data: { plan: "pro" } });
  // @ts-expect-error no such event
  await tidings.events.send("order.lost", { recipients: ["u"] });
  // @ts-expect-error data is needed
  await tidings.events.send("order.shipped", { recipients: ["u"] });
  // @ts-expect-error `order` is a text
  await tidings.events.send("order.shipped", { recipients: ["u"], data: { order: 4711 } });
  // @ts-expect-error data of another event
  await tidings.events.send("order.shipped", { recipients: ["u"], data: { plan: "pro" } });
  await tidings.events.sendBatch([
    { name: "order.shipped", recipients: ["u"], data: { order: "4711" }, idempotencyKey: "k" },
    { name: "user.joined", recipients: ["u"] },
  ]);
  // @ts-expect-error data of another event
  await tidings.events.sendBatch([{ name: "order.shipped", recipients: ["u"], data: { plan: "pro" } }]);
  expect(bodies.at(-1)).toMatchObject({ events: [{ name: "order.shipped" }] });
});

test("without a map any name and any JSON are taken", async () => {
  const tidings = new Tidings(options);
  const { id: given } = await tidings.events.send("anything", { recipients: ["u"], data: { a: [1, { b: null }] } });
  expectTypeOf(given).toEqualTypeOf<string>();
  // @ts-expect-error a function is no JSON
  await tidings.events.send("anything", { recipients: ["u"], data: { a: () => 1 } });
  // @ts-expect-error no recipients
  await expect(tidings.events.send("anything", {})).rejects.toMatchObject({ faults: [{ path: "recipients" }] });
});

const workflows = {
  "order-shipped": {
    event: "order.shipped",
    category: "orders",
    data: { type: "object", properties: { order: { type: "string" } }, required: ["order"] },
  },
  "order-feedback": {
    event: "order.shipped",
    category: "marketing",
    data: { type: "object", properties: { shop: { type: "string" } }, required: ["shop"] },
  },
  welcome: { category: "orders", data: { type: "object", properties: { plan: { enum: ["free", "pro"] } } } },
  plain: { category: "orders" },
} as const;

test("typed workflows make a map: by event, by key where none is named, all of them together", async () => {
  type Map = EventsOf<typeof workflows>;
  expectTypeOf<keyof Map>().toEqualTypeOf<"order.shipped" | "welcome" | "plain">();
  expectTypeOf<Map["order.shipped"]>().toExtend<{ order: string; shop: string }>();
  expectTypeOf<Map["welcome"]["plan"]>().toEqualTypeOf<"free" | "pro" | undefined>();
  const tidings = new Tidings<Map>(options);
  await tidings.events.send("order.shipped", { recipients: ["u"], data: { order: "1", shop: "s" } });
  await tidings.events.send("welcome", { recipients: ["u"], data: { plan: "pro" } });
  await tidings.events.send("plain", { recipients: ["u"], data: { any: ["thing"] } });
  // @ts-expect-error the second workflow needs `shop`
  await tidings.events.send("order.shipped", { recipients: ["u"], data: { order: "1" } });
  // @ts-expect-error not one of the words
  await tidings.events.send("welcome", { recipients: ["u"], data: { plan: "gold" } });
  expect(bodies.at(-1)).toMatchObject({ name: "welcome" });
});

test("answers have the contract's types", async () => {
  const tidings = new Tidings(options);
  const call = () => tidings.workflows.get("w");
  type Answer = Awaited<ReturnType<typeof call>>;
  expectTypeOf<Answer["document"]["category"]>().toEqualTypeOf<string>();
  expectTypeOf<Answer["version"]>().toEqualTypeOf<number>();
  expectTypeOf(tidings.recipients.delete).returns.resolves.toEqualTypeOf<void>();
  expectTypeOf<Awaited<ReturnType<typeof tidings.events.get>>["runs"][number]["state"]>().toEqualTypeOf<
    "waiting" | "completed" | "canceled" | "dead"
  >();
  await expect(call()).rejects.toMatchObject({ name: "TidingsAnswerError" });
});
