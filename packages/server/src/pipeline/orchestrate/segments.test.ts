import { afterEach, describe, expect, test } from "vitest";
import { times } from "../../store/conformance/corner.conformance.ts";
import { accept, bench, closeBenches, counts, shown } from "./orchestrate-bench.conformance.ts";

afterEach(closeBenches);

type Bench = Awaited<ReturnType<typeof bench>>;

/** People of whom every third has the plan pro, sealed for every second. */
async function known(b: Bench, count: number): Promise<void> {
  const queue = b.start();
  const inline = times(count, (index) => {
    const plan = { plan: index % 3 === 0 ? "pro" : "free" };
    return {
      id: `u${String(index).padStart(3, "0")}`,
      email: `u${index}@example.org`,
      ...(index % 2 === 0 ? { personal: plan } : { attributes: plan }),
    };
  });
  await accept(b, { name: "slow", inline });
  await b.rest();
  await queue.stop();
  b.database.exec("delete from run");
}

const pro = { field: "recipient.attributes.plan", op: "eq", value: "pro" } as const;

/** Recipient and workflow of each message, each once or the list is longer. */
const pairs = (row: Awaited<ReturnType<typeof shown>>) =>
  row.messages.map(({ recipient, workflow }) => `${recipient} ${workflow}`);

describe("an event to a segment", () => {
  test("reaches those who are in it, by sealed attributes too, once beside a topic and another segment", async () => {
    const b = await bench();
    const { store, environmentId, at } = b.corner;
    await known(b, 300);
    b.segments["pros"] = pro;
    b.segments["early"] = { field: "recipient.id", op: "lt", value: "u010" };
    await store.putTopic({ environmentId, key: "t", id: b.corner.id(), name: null, description: null, now: at });
    await store.subscribe({ environmentId, key: "t", recipients: ["u000", "u001", "u011"], now: at });
    const queue = b.start();
    const event = await accept(b, { recipients: ["u003"], topics: ["t"], segments: ["pros", "early"] });
    await b.rest(5000);
    const row = await shown(b, event);
    // 100 pros, six more of the first ten, u011 by the topic.
    expect(counts(row.messages)).toEqual({ confirm: 107, offer: 107 });
    expect(new Set(pairs(row)).size).toBe(214);
    expect([row.state, row.decisions, b.faults]).toEqual(["done", [], []]);
    await queue.stop();
  });

  test("is worked on by a process that dies between any two steps of its store, and by the next, without a double", async () => {
    for (const crashAfter of times(16, (index) => index + 1)) {
      const b = await bench();
      await known(b, 100);
      b.segments["pros"] = pro;
      const event = await accept(b, { segments: ["pros"] });
      b.start({ crashAfter });
      await b.rest(10);
      const queue = b.start();
      await b.rest(5000);
      const row = await shown(b, event);
      expect([crashAfter, counts(row.messages), row.state]).toEqual([crashAfter, { confirm: 34, offer: 34 }, "done"]);
      expect(new Set(pairs(row)).size).toBe(68);
      await queue.stop();
    }
  });

  test("goes by what became of messages, and looks at those of people for whom they decide", async () => {
    const b = await bench();
    await known(b, 30);
    const sent = { message: "sent", withinDays: 7, category: "transactional" } as const;
    b.segments["unsent"] = { all: [pro, { not: sent }] };
    const queue = b.start();
    await accept(b, { recipients: ["u000", "u003", "u004"] });
    await b.rest();
    b.database.run("update message set sent_at = ?, state = 2, due_at = null", b.clock.now());
    const event = await accept(b, { segments: ["unsent"] });
    await b.rest(3000);
    const row = await shown(b, event);
    expect(counts(row.messages)).toEqual({ confirm: 8, offer: 8 });
    expect(pairs(row)).not.toContain("u000 confirm");
    await queue.stop();
  });

  test("says so where there is no such segment, and where somebody cannot be read, and reaches the others", async () => {
    const b = await bench();
    await known(b, 30);
    b.segments["pros"] = pro;
    b.database.run("update recipient set sealed = 'broken' where id = 'u003'");
    const queue = b.start();
    const event = await accept(b, { segments: ["gone", "pros"] });
    await b.rest(3000);
    const row = await shown(b, event);
    expect(counts(row.messages)).toEqual({ confirm: 9, offer: 9 });
    expect(row.decisions.map(({ reason, detail }) => [reason, detail]).sort()).toEqual([
      ["recipient_unreadable", "u003"],
      ["segment_unknown", "gone"],
    ]);
    expect(row.state).toBe("done");
    await queue.stop();
  });

  test("is put off while too many of its messages are due, and canceled on its way", async () => {
    const b = await bench({ expandedWaitingMax: 50 });
    await known(b, 600);
    b.segments["pros"] = pro;
    const queue = b.start();
    const event = await accept(b, { segments: ["pros"], cancellationHash: "stop" });
    await b.rest(3000);
    const made = (await shown(b, event)).messages.length;
    expect(made).toBeGreaterThan(50);
    expect(made).toBeLessThan(50 + 2 * 2 * 20 * 2);
    const { environmentId, store } = b.corner;
    const stopped = await store.cancelEvents({ environmentId, cancellationHash: "stop", now: b.clock.now() });
    expect(stopped).toEqual({ events: 1, runs: 0, messages: made });
    await b.rest(3000);
    expect(await shown(b, event)).toMatchObject({ state: "canceled" });
    await queue.stop();
  });
});
