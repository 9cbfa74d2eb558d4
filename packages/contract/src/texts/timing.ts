/** Quiet hours, caps and time zones, of whichever level. Names are those of `field-texts.ts`. */

const quietHours = (schema: string, whose: string): [string, string][] => [
  [`${schema}.quietHours`, `${whose}; \`critical\` never waits. \`false\` for none`],
  [`${schema}.quietHours.from`, "Time of the day at which they begin, as in `22:00`"],
  [
    `${schema}.quietHours.to`,
    "Time of the day at which they end, as in `07:00`: the next day's where it is the earlier one",
  ],
  [`${schema}.quietHours.days`, "Days on which they begin; all where left out"],
  [
    `${schema}.quietHours.channels`,
    "They hold on these channels alone; where left out, on all but `in_app` and `webhook`, which disturb nobody",
  ],
];

const caps = (schema: string, whose: string): [string, string][] => [
  [
    `${schema}.caps`,
    `${whose}: no stretch of time holds more messages than each cap allows, whatever workflows made them. What is \`critical\` is counted and never held back`,
  ],
  [`${schema}.caps[].limit`, "Messages to one recipient"],
  [`${schema}.caps[].windowSeconds`, "In any stretch of so many seconds"],
  [
    `${schema}.caps[].channels`,
    "Counts messages on these channels alone, together, and holds them alone to it; where left out, all but `in_app` and `webhook`",
  ],
  [`${schema}.caps[].reserve`, "How many of `limit` are kept for workflows of priority `high`"],
  [
    `${schema}.caps[].over`,
    "What becomes of a message without a place: `drop` does not make it, `defer` makes it wait for one, `digest` tells of it in its category's digest, or defers it where there is none",
  ],
];

const byClock = "by the recipient's time zone, else the tenant's, else the environment's, else UTC";

export const timingTexts: Readonly<Record<string, string>> = Object.fromEntries([
  ...quietHours(
    "PutCategoryBody",
    `When its messages wait, ${byClock}, unless the recipient or their tenant has quiet hours of their own`,
  ),
  ...caps("PutCategoryBody", "How much of a recipient's attention the category may take"),
  ...quietHours(
    "PutTenantBody",
    `When its recipients' messages wait, ${byClock}, in place of those of category and environment`,
  ),
  ...caps("PutTenantBody", "How much of a recipient's attention the tenant may take, across all categories"),
  ["PutTenantBody.timeZone", "IANA name, for its recipients who have none"],
  ...quietHours(
    "PutPolicyBody",
    `When messages wait, ${byClock}, unless recipient, tenant or category has quiet hours of its own`,
  ),
  ...caps(
    "PutPolicyBody",
    "How much of a recipient's attention the environment may take, across all categories and tenants",
  ),
  ["PutPolicyBody.timeZone", "IANA name, for recipients who have none, nor their tenant"],
  ...quietHours("PutPreferencesBody", `The recipient's own, ${byClock}, in place of all others`),
  ...quietHours("PutPreferencesAnswer", "The recipient's own, in place of all others"),
  [
    "PutCategoryBody.digest",
    "Gathers messages for recipients whose preference is `hourly`, `daily` or `weekly`; left out, such a preference counts as `on`. `critical` is never gathered",
  ],
  [
    "PutCategoryBody.digest.template",
    "Template of the digest, with `steps.digest.events` and `steps.digest.count`; on channels that it has nothing for, nothing is gathered",
  ],
  [
    "PutCategoryBody.digest.time",
    "When daily and weekly digests go out, by the recipient's clock; `09:00` where left out",
  ],
  ["PutCategoryBody.digest.weekday", "On which day weekly digests go out; Monday where left out"],
  [
    "PutCategoryBody.digest.overflow",
    "Frequency of the digest that takes what caps with `over: digest` have no place for; `daily` where left out",
  ],
  ["PutCategoryBody.digest.maxEvents", "With so many events a digest goes out early"],
]);
