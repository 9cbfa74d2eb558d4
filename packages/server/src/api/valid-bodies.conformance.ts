/** What mutations begin with: bodies that are valid and have something of everything. */
export const validWorkflow = {
  category: "orders",
  event: "order.shipped",
  dedupe: { key: "data.order", windowSeconds: 60 },
  steps: [
    { id: "wait", type: "delay", seconds: 5 },
    {
      id: "if",
      type: "condition",
      if: { all: [{ field: "data.total", op: "gt", value: 5 }, { not: { field: "recipient.locale", op: "exists" } }] },
      // biome-ignore lint/suspicious/noThenProperty: the field's standard word in workflow definitions
      then: [{ id: "mail", type: "channel", channel: "email", template: "t" }],
      else: [],
    },
  ],
};

export const validRecipients = [
  "u1",
  { id: "u2", email: ["a@x.org"], phone: "+4366012345", timeZone: "Europe/Vienna", attributes: { a: [1] } },
];
