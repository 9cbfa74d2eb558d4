import { categoryBodySchema } from "@tidings/contract/categories";
import { workflowBodySchema } from "@tidings/contract/workflows";
import { expect, test } from "vitest";
import { hintFor } from "./hints.ts";

const workflow = (steps: unknown[], more: object = {}) => ({ category: "news", steps, ...more });

test.each<[string, unknown, (string | number)[], string | undefined]>([
  ["a field", workflow([], { stepps: [] }), ["stepps"], "steps"],
  [
    "a field of a step, of its own kind",
    workflow([{ type: "channel", tempalte: "t" }]),
    ["steps", 0, "tempalte"],
    "template",
  ],
  [
    "a field of another kind of step",
    workflow([{ type: "delay", channel: "sms" }]),
    ["steps", 0, "channel"],
    undefined,
  ],
  ["a word", workflow([{ type: "channel", channel: "emial" }]), ["steps", 0, "channel"], "email"],
  ["the kind of a step", workflow([{ type: "chanel" }]), ["steps", 0, "type"], "channel"],
  [
    "a step inside of a condition",
    workflow([{ type: "condition", else: [{ type: "channel", chanel: "sms" }] }]),
    ["steps", 0, "else", 0, "chanel"],
    "channel",
  ],
  ["nothing that is near", workflow([], { owner: "me" }), ["owner"], undefined],
  ["a text that may be any", workflow([], { name: 5 }), ["name"], undefined],
])("%s is found", (_what, value, path, meant) => {
  expect(hintFor(workflowBodySchema, value, path)).toBe(meant === undefined ? undefined : `did you mean \`${meant}\`?`);
});

test("a word of a category is found", () => {
  expect(hintFor(categoryBodySchema, { class: "criticl" }, ["class"])).toBe("did you mean `critical`?");
});
