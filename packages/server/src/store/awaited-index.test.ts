import { workflowBodySchema } from "@tidings/contract/workflows";
import { expect, test } from "vitest";
import { AwaitedIndex } from "./awaited-index.ts";

const waiting = (event: string) => ({
  document: workflowBodySchema.parse({
    category: "c",
    steps: [{ id: "s", type: "wait_for", event, timeoutSeconds: 60 }],
  }),
});
const day = 86_400_000;
const pattern = { sameRecipient: true, paths: [], keptMs: day };

test("events are awaited by workflows in force, and by earlier ones for as long as their runs may take", () => {
  const index = new AwaitedIndex();
  expect(index.of("a", 0)).toEqual([]);
  index.setCurrent([waiting("a"), waiting("a")]);
  expect([index.of("a", 0), index.of("b", 0)]).toEqual([[pattern], []]);
  index.setSuperseded([{ ...waiting("a"), supersededAt: 1000 }]);
  index.setCurrent([waiting("b")]);
  const until = 1000 + 60_000 + day;
  expect([index.of("a", until - 1), index.of("a", until), index.of("b", until)]).toEqual([[pattern], [], [pattern]]);
});
