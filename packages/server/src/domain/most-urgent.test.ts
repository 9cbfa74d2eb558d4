import { expect, test } from "vitest";
import { mostUrgent } from "./most-urgent.ts";

test("the most urgent of lanes is the one that waits for none of the others", () => {
  expect(mostUrgent(["marketing", "critical", "transactional"])).toBe("critical");
  expect(mostUrgent(["marketing", "transactional"])).toBe("transactional");
  expect(mostUrgent(["marketing"])).toBe("marketing");
  expect(mostUrgent([])).toBe("transactional");
});
