import { type SourceMapping, sourceMappingSchema } from "@tidings/contract/source-mappings";
import { describe, expect, it } from "vitest";
import { compileMapping, type MappedRecord } from "./source-mapping.ts";

const example = {
  event: {
    name: { $: "template_id", map: { tmpl_welcome: "user.welcome", tmpl_reset: "user.reset" } },
    recipients: [{ id: { $: "recipient_email" }, email: { $: "recipient_email" } }],
    data: { $: "template_data", default: {} },
    tenant: { $: "account" },
  },
};

function mapped(mapping: unknown, value: unknown, more: { headers?: object; meta?: object } = {}): MappedRecord {
  const record = { value, headers: {}, meta: {}, ...more };
  return compileMapping(sourceMappingSchema.parse(mapping))({
    ...record,
    headers: { ...more.headers },
    meta: { ...more.meta },
  });
}

const event = (fields: Partial<SourceMapping["event"]>) => ({ event: { name: "n", recipients: ["u"], ...fields } });

function bodies(mapping: unknown, value: unknown, more: { headers?: object; meta?: object } = {}): unknown[] {
  const result = mapped(mapping, value, more);
  if (result.status !== "mapped") return [result];
  return result.items.map((item) => (item.kind === "refused" ? item.faults : item.body));
}

describe("a mapping", () => {
  it("makes an event of foreign JSON", () => {
    const record = { recipient_email: "anna@example.com", template_id: "tmpl_welcome", template_data: { plan: "pro" } };
    expect(bodies(example, record)).toEqual([
      {
        name: "user.welcome",
        recipients: [{ id: "anna@example.com", email: "anna@example.com" }],
        data: { plan: "pro" },
      },
    ]);
  });

  it("makes a direct message", () => {
    const message = {
      channel: "email",
      to: { $: "id" },
      category: "orders",
      content: { text: { $text: "Hello {name}!" } },
    };
    expect(bodies({ message }, { id: "u1", name: "Anna" })).toEqual([
      { channel: "email", to: "u1", category: "orders", content: { text: "Hello Anna!" } },
    ]);
  });

  it("takes constants, defaults, tables, forms, headers and what the source says", () => {
    const mapping = event({
      data: {
        constant: [1, { a: null }],
        absent: { $: "nowhere" },
        given: { $: "nowhere", default: 7 },
        ofNull: { $: "nothing", default: "d" },
        unlisted: { $: "type", map: { a: 1 }, default: "other" },
        listed: { $: "count", map: { "3": null } },
        text: { $: "count", as: "text" },
        at: { $: "at", as: "isoOfSeconds" },
        header: { $: "trace", of: "headers" },
        key: { $: "key", of: "meta" },
        deep: { $: "a.1.b" },
      },
    });
    const record = { nothing: null, type: "z", count: 3, at: "1700000000", a: [0, { b: "x" }] };
    expect(bodies(mapping, record, { headers: { trace: "t1" }, meta: { key: "k1" } })).toMatchObject([
      {
        data: {
          constant: [1, { a: null }],
          given: 7,
          ofNull: "d",
          unlisted: "other",
          listed: null,
          text: "3",
          at: "2023-11-14T22:13:20.000Z",
          header: "t1",
          key: "k1",
          deep: "x",
        },
      },
    ]);
    expect(bodies(mapping, record)[0]).not.toHaveProperty("data.absent");
  });

  it.each([
    ["a text", { $: "id", as: "text" }],
    ["digits", { $: "id", as: "digits" }],
    ["a part of a text", { $text: "order-{id}" }],
    ["a name in a table", { $: "id", map: { "9007199254740992": "n" } }],
  ])("refuses to make %s of a number that lost digits when it was read", (_what, name) => {
    const lost: unknown = JSON.parse('{"id": 9007199254740993}');
    const [refused] = bodies(event({ name }), lost);
    expect(bodies(event({ idempotencyKey: { $: "id" } }), lost)[0]).toEqual([
      { path: "id", message: expect.stringContaining("has more digits than a number keeps") },
    ]);
    expect(JSON.stringify(refused)).toContain("has more digits than a number keeps");
    expect(bodies(event({ name: { $: "id", as: "text" } }), { id: 9_007_199_254_740_991 })).toMatchObject([
      { name: "9007199254740991" },
    ]);
  });

  it("leads through own names alone", () => {
    expect(bodies(event({ data: { a: { $: "constructor.name", default: "none" } } }), {})).toMatchObject([
      { data: { a: "none" } },
    ]);
  });

  it("makes a list of a list, and an event of each entry", () => {
    const recipients = {
      $each: "users",
      item: { id: { $: "id", as: "text" }, tenant: { $: "account", of: "record" } },
    };
    expect(bodies(event({ recipients }), { account: "acme", users: [{ id: 1 }, { id: 2 }] })).toMatchObject([
      {
        recipients: [
          { id: "1", tenant: "acme" },
          { id: "2", tenant: "acme" },
        ],
      },
    ]);
    const each = {
      each: "orders",
      event: { name: "n", recipients: [{ $: "user" }], data: { shop: { $: "shop", of: "record" } } },
    };
    expect(bodies(each, { shop: "s", orders: [{ user: "a" }, { user: 5 }, { user: "b" }] })).toEqual([
      { name: "n", recipients: ["a"], data: { shop: "s" } },
      [{ path: "orders.1.user", message: expect.stringContaining("(recipients[0])") }],
      { name: "n", recipients: ["b"], data: { shop: "s" } },
    ]);
    expect(bodies(each, { orders: [] })).toEqual([]);
    expect(bodies(each, { orders: {} })).toEqual([
      { status: "refused", faults: [{ path: "orders", message: "is no list" }] },
    ]);
    expect(mapped(each, { orders: Array.from({ length: 1001 }, () => ({ user: "a" })) })).toMatchObject({
      status: "refused",
    });
  });

  it("takes the record out of a text, as SNS wraps it", () => {
    const mapping = { unwrap: "Message", ...event({ data: { a: { $: "a" } } }) };
    expect(bodies(mapping, { Message: '{"a":1}' })).toMatchObject([{ data: { a: 1 } }]);
    for (const Message of ["{", 1, undefined])
      expect(mapped(mapping, { Message })).toEqual({
        status: "refused",
        faults: [{ path: "Message", message: "is no text that is JSON" }],
      });
  });

  it("passes over what is not for us", () => {
    const mapping = {
      only: [
        { $: "type", is: ["a", "b"] },
        { $: "x", of: "headers", is: [null, "1"] },
      ],
      ...event({}),
    };
    expect(mapped(mapping, { type: "a" }).status).toBe("mapped");
    expect(mapped(mapping, { type: "b" }, { headers: { x: "1" } }).status).toBe("mapped");
    expect(mapped(mapping, { type: "c" }).status).toBe("passed");
    expect(mapped(mapping, {}).status).toBe("passed");
    expect(mapped(mapping, { type: "a" }, { headers: { x: "2" } }).status).toBe("passed");
  });

  it("takes an idempotency key, or leaves it to the record's place", () => {
    const keyOf = (idempotencyKey: unknown, value: unknown) => {
      const result = mapped({ event: { name: "n", recipients: ["u"], idempotencyKey } }, value);
      const [item] = result.status === "mapped" ? result.items : [];
      return item?.kind === "refused" ? item.faults : item?.idempotencyKey;
    };
    expect(keyOf({ $: "id" }, { id: "a-1" })).toBe("a-1");
    expect(keyOf({ $: "id" }, { id: 12 })).toBe("12");
    expect(keyOf({ $text: "{id}:{state}" }, { id: 12, state: "paid" })).toBe("12:paid");
    expect(keyOf({ $text: "{id}:{state}" }, { id: 12 })).toBeUndefined();
    expect(keyOf({ $: "id" }, {})).toBeUndefined();
    expect(keyOf({ $: "id" }, { id: "a b" })).toMatchObject([{ path: "id" }]);
  });
});

describe("a fault", () => {
  const faults = (record: unknown, mapping: unknown = example) => bodies(mapping, record)[0];
  const whole = { recipient_email: "anna@example.com", template_id: "tmpl_welcome" };

  it.each<[string, object, { path: string; message: string }[]]>([
    [
      "what is missing",
      { template_id: "tmpl_reset" },
      [{ path: "recipient_email", message: "is missing (recipients[0].id)" }],
    ],
    [
      "what is not in the table",
      { ...whole, template_id: "x" },
      [{ path: "template_id", message: "is not in the table" }],
    ],
    ["a wrong key", { ...whole, account: "a b" }, [{ path: "account", message: expect.stringContaining("(tenant)") }]],
  ])("names the path in the record of %s", (_name, record, expected) => {
    expect(faults(record)).toEqual(expected);
  });

  it("goes on behind the value that it lies in", () => {
    const mapping = event({ recipients: { $: "to" } });
    expect(faults({ to: [{ id: "u", email: "no" }] }, mapping)).toMatchObject([
      { path: "to.0.email", message: expect.stringContaining("(recipients[0].email)") },
    ]);
  });

  it("names the mapping where a constant is wrong, and what is missing in an empty list", () => {
    expect(faults({}, event({ tenant: "a b" }))).toMatchObject([{ path: "mapping.event.tenant" }]);
    expect(faults({}, event({ recipients: [{ $: "user" }] }))).toEqual([
      { path: "user", message: "is missing (recipients)" },
    ]);
  });

  it("never holds a value of the record", () => {
    const secret = "Geheim @x";
    for (const record of [
      { recipient_email: secret, template_id: "tmpl_welcome" },
      { ...whole, template_id: secret },
      { ...whole, account: secret },
      { ...whole, template_data: secret },
    ])
      expect(JSON.stringify(faults(record))).not.toContain("Geheim");
  });

  it("found later is told in the record's words too", () => {
    const [item] = (mapped(example, { ...whole, template_data: { a: 1 } }) as Extract<MappedRecord, { items: unknown }>)
      .items;
    if (item === undefined || item.kind === "refused") return expect.unreachable();
    expect(item.inRecord([{ path: "data.order.id", message: "is missing" }])).toEqual([
      { path: "template_data.order.id", message: "is missing (data.order.id)" },
    ]);
  });
});

describe("the schema of mappings", () => {
  it.each([
    [{}, "event"],
    [{ ...event({}), message: { channel: "email", to: "u", category: "c" } }, "event"],
    [event({ data: { a: { $: 1 } } }), "event.data.a.$"],
    [event({ data: { a: { $: "x", as: "xml" } } }), "event.data.a.as"],
    [event({ data: [{ $: "x", other: 1 }] }), "event.data.0"],
    [event({ recipients: { $each: "x", item: [{ $text: 5 }] } }), "event.recipients.item.0.$text"],
    [event({ recipients: { $each: "x" } }), "event.recipients.item"],
  ])("refuses %j at %s", (mapping, path) => {
    const { error } = sourceMappingSchema.safeParse(mapping);
    expect(error?.issues.map((issue) => issue.path.join("."))).toContain(path);
  });

  it("refuses what is nested without end", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100; level += 1) deep = [deep];
    expect(sourceMappingSchema.safeParse(event({ data: deep as never })).success).toBe(false);
  });
});
