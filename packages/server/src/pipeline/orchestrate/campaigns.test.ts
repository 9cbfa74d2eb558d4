import type { Spread } from "@tidings/contract/campaigns";
import { afterEach, expect, test } from "vitest";
import { accept, bench, closeBenches, people, shown } from "./orchestrate-bench.conformance.ts";

afterEach(closeBenches);

const zones = ["Europe/Vienna", "America/New_York", undefined];

async function known(b: Awaited<ReturnType<typeof bench>>, count: number): Promise<void> {
  const queue = b.start();
  const inline = people(count).map((each, index) => ({ ...each, timeZone: zones[index % zones.length] }));
  await accept(b, { name: "slow", inline });
  await b.rest();
  await queue.stop();
  b.database.exec("delete from run");
}

test("a campaign counts its turns once, whichever lane they are of, and its messages in all of them", async () => {
  const b = await bench();
  const { store, environmentId } = b.corner;
  await known(b, 90);
  b.segments["some"] = { field: "recipient.id", op: "lt", value: "u5" };
  const queue = b.start();
  const event = await accept(b, { recipients: ["u7", "nobody"], segments: ["some"], campaign: {} });
  await b.rest(5000);
  const campaign = await store.getCampaign({ environmentId, id: event.id, sinceMinute: 1e12 });
  const members = people(90).filter(({ id }) => id < "u5").length;
  expect(campaign?.row).toMatchObject({ eventState: "done", hasParts: false, isOpen: true });
  const counts = Object.fromEntries((campaign?.counts ?? []).map(({ metric, value }) => [metric, value]));
  expect(counts).toMatchObject({ looked: 92, recipients: members + 2, queued: 2 * (members + 1) });
  await queue.stop();
});

test("each recipient of one that is spread has their turn at the same moment, whoever plans it", async () => {
  const due = async (spread: Spread, crashAfter?: number, timeZone?: string) => {
    const b = await bench();
    if (timeZone !== undefined) b.policy.timeZone = timeZone;
    await known(b, 60);
    b.segments["all"] = { field: "recipient.id", op: "exists" };
    const event = await accept(b, { segments: ["all"], campaign: { spread } });
    if (crashAfter !== undefined) {
      b.start({ crashAfter });
      await b.rest(10);
    }
    const queue = b.start();
    await b.rest(5000);
    const row = await shown(b, event);
    expect([row.state, row.messages.length]).toEqual(["done", 120]);
    await queue.stop();
    const at = b.corner.at;
    return { b, times: new Map(row.messages.map(({ recipient, dueAt }) => [recipient, (dueAt ?? 0) - at])) };
  };
  const { times: whole, b } = await due({ minutes: 60 });
  expect(b.delivered.length).toBeLessThan(10);
  expect(Math.max(...whole.values())).toBeGreaterThan(50 * 60_000);
  expect(Math.max(...whole.values())).toBeLessThan(61 * 60_000);
  const { times: again } = await due({ minutes: 60 }, 7);
  expect(again.size).toBe(60);
  const { times: local } = await due({ localTime: "09:00" });
  const clocks = new Set(local.values());
  expect([...clocks].length).toBe(3);
  // Who has no time zone goes by the environment's.
  const { times: vienna } = await due({ localTime: "09:00" }, undefined, "Europe/Vienna");
  expect(new Set(vienna.values()).size).toBe(2);
});
