/** What acts are configured with; see `../documents.ts`. */

const line = "{{data.ref}}|{{data.title}}||{{recipient.id}}";
const email = (id: string) => ({ id, type: "channel", channel: "email", template: "notice" });
const sms = (id: string) => ({ id, type: "channel", channel: "sms", template: "notice" });

/** So many at once; what is more is gathered. */
export const socialCap = { limit: 2, windowSeconds: 30 };
/** A digest with so many goes out early. */
export const gatheredMax = 4;
export const sunsetDays = 1;
export const nudgesMax = 2;

/** Mail of an alarm may take so long before a text follows. */
export const alarmAfterSeconds = 90;

export const actCategories = {
  alarms: { class: "transactional", retry: { delaysSeconds: [1, 3, 5, 8] } },
  social: {
    class: "transactional",
    retry: { delaysSeconds: [1, 3, 5, 8] },
    caps: [{ ...socialCap, channels: ["email"], over: "digest" }],
    digest: { template: "summary", overflow: "hourly", maxEvents: gatheredMax },
  },
  deals: { class: "marketing", retry: { delaysSeconds: [2, 4, 6] } },
  tips: {
    class: "marketing",
    retry: { delaysSeconds: [2, 4, 6] },
    sunset: { afterDays: sunsetDays, template: "stay" },
  },
};

export const actTemplates = {
  summary: {
    email: { subject: `${line}|{{#each steps.digest.events}}{{data.ref}} {{/each}}`, text: "{{message.id}}" },
  },
  stay: { email: { subject: line, text: "{{message.id}}" } },
};

export const actSegments = {
  fans: { where: { field: "recipient.attributes.plan", op: "eq", value: "fan" } },
};

const isSeldom = { field: "steps.lately.sent", op: "lt", value: nudgesMax };

const alarm = {
  ...email("mail"),
  fallback: { afterSeconds: alarmAfterSeconds, withinSeconds: 120, steps: [sms("text")] },
};

export const actWorkflows = {
  alarm: { event: "alarm.raised", category: "alarms", steps: [alarm] },
  likes: { event: "post.liked", category: "social", steps: [email("like")] },
  sale: { event: "sale.began", category: "deals", steps: [email("offer"), sms("text")] },
  tip: { event: "tip.given", category: "tips", steps: [email("tip")] },
  nudge: {
    event: "nudged",
    category: "orders",
    steps: [
      { id: "lately", type: "recent", days: 1, workflow: "nudge" },
      // biome-ignore lint/suspicious/noThenProperty: `then` is the field's word in workflow definitions
      { id: "seldom", type: "condition", if: isSeldom, then: [email("nudge")], else: [] },
    ],
  },
};
