import { expect, test } from "vitest";
import { decisionWords } from "./decision-words.ts";

const told = { outcome: "not_sent", reason: "", rule: "", detail: "", channel: "sms", workflow: "w" };

test.each([
  [{ reason: "opted_out", rule: "recipient_category" }, "by sms: the recipient's choice for the category"],
  [{ outcome: "send", reason: "workflow_step", rule: "mandatory" }, "Sent: what is critical is mandatory"],
  [
    { outcome: "send", reason: "workflow_step", rule: "recipient_category", detail: "weekly" },
    "weekly, but nothing gathers it",
  ],
  [{ reason: "template_missing", detail: "welcome" }, "there is no template welcome"],
  [{ reason: "of_tomorrow", detail: "x" }, "not_sent, of_tomorrow, x"],
])("%o is told in words", (over, words) => {
  expect(decisionWords({ ...told, ...over })).toContain(words);
});
