import { expect, test } from "vitest";
import { broadcastConformance } from "./broadcast.conformance.ts";
import { InProcessBroadcast } from "./in-process.ts";

broadcastConformance("in process", async () => {
  const faults: unknown[] = [];
  return { broadcast: new InProcessBroadcast((error) => faults.push(error)), faults };
});

test("hints published in one go are delivered once", async () => {
  const broadcast = new InProcessBroadcast(() => undefined);
  let calls = 0;
  broadcast.subscribe("configuration", () => {
    calls += 1;
  });
  for (let round = 0; round < 10; round += 1) broadcast.publish("configuration");
  await Promise.resolve();
  expect(calls).toBe(1);
});
