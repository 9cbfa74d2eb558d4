import { afterEach, describe, expect, test } from "vitest";
import { times } from "../../store/conformance/corner.conformance.ts";
import { accept, bench, closeBenches, counts, people, shown } from "./orchestrate-bench.conformance.ts";

afterEach(closeBenches);

type Bench = Awaited<ReturnType<typeof bench>>;

/** A topic of people who came to be known by an event of their own, beside some who are not. */
async function topic({ corner }: Bench, key: string, recipients: readonly string[]): Promise<void> {
  const { store, environmentId, at } = corner;
  await store.putTopic({ environmentId, key, id: corner.id(), name: null, description: null, now: at });
  await store.subscribe({ environmentId, key, recipients, now: at });
}

const ids = (count: number, from = 0) => times(count, (index) => `u${index + from}`);

/** People whom the store knows, without a message to any of them. */
async function known(b: Bench, count: number): Promise<void> {
  const queue = b.start();
  await accept(b, { name: "slow", inline: people(count) });
  await b.rest();
  await queue.stop();
  b.database.exec("delete from run");
}

/** Recipient and workflow of each message, each once or the list is longer. */
const pairs = (row: Awaited<ReturnType<typeof shown>>) =>
  row.messages.map(({ recipient, workflow }) => `${recipient} ${workflow}`);

describe("an event to topics", () => {
  test("reaches each subscriber once per workflow, whoever is named and subscribed, or in two topics", async () => {
    const b = await bench();
    await known(b, 100);
    await topic(b, "first", [...ids(70), "stranger"]);
    await topic(b, "second", [...ids(60, 40), "alien", "stranger"]);
    const queue = b.start();
    const event = await accept(b, { recipients: ["u5", "u90", "alien"], topics: ["first", "second"] });
    await b.rest(3000);
    const row = await shown(b, event);
    expect(counts(row.messages)).toEqual({ confirm: 100, offer: 100 });
    expect(new Set(pairs(row)).size).toBe(200);
    expect(row.decisions.map(({ recipient, workflow, reason }) => `${recipient} ${workflow} ${reason}`).sort()).toEqual(
      [
        "alien confirm recipient_unknown",
        "alien offer recipient_unknown",
        "stranger confirm recipient_unknown",
        "stranger offer recipient_unknown",
      ],
    );
    expect(row.state).toBe("done");
    expect(b.faults).toEqual([]);
    await queue.stop();
  });

  test("reaches who has left the first of two topics behind their turn once all the same", async () => {
    const b = await bench();
    await known(b, 150);
    await topic(b, "first", ids(150));
    await topic(b, "second", ids(150));
    const event = await accept(b, { topics: ["first", "second"] });
    let had = 0;
    for (let steps = 4; had < 280; steps += 1) {
      b.start({ crashAfter: steps });
      await b.rest(100);
      had = (await shown(b, event)).messages.length;
    }
    expect(had).toBeLessThanOrEqual(300);
    const { store, environmentId } = b.corner;
    await store.unsubscribe({ environmentId, key: "first", recipients: ids(150) });
    const queue = b.start();
    await b.rest(5000);
    const row = await shown(b, event);
    expect(counts(row.messages)).toEqual({ confirm: 150, offer: 150 });
    expect(new Set(pairs(row)).size).toBe(300);
    await queue.stop();
  });

  test("to one topic makes ids in the order of its pages, so that rows which are written together lie together", async () => {
    const b = await bench({ recipientsPerTurn: 128, expandedWaitingMax: 5000 });
    await known(b, 600);
    await topic(b, "news", ids(600));
    const queue = b.start();
    const event = await accept(b, { topics: ["news"] });
    await b.rest(10_000);
    const rows = b.database.all(
      "select id, recipient from message where event_id = ? and workflow = 'offer' order by id",
      event.id,
    );
    expect(rows).toHaveLength(600);
    const page = new Map(
      ids(600)
        .sort()
        .map((id, index) => [id, Math.floor(index / 128)]),
    );
    // The first page keeps whole hashes.
    const pages = rows.map(({ recipient }) => page.get(String(recipient))).filter((each) => each !== 0);
    expect(pages).toEqual([...pages].sort((one, other) => Number(one) - Number(other)));
    await queue.stop();
  });

  test("goes to inline recipients first, in every lane", async () => {
    const b = await bench();
    await known(b, 50);
    await topic(b, "news", ["alien", ...ids(50)]);
    const queue = b.start();
    const inline = times(45, (index) => ({ id: `new${index}`, email: `new${index}@example.org` }));
    const event = await accept(b, { inline, topics: ["news"] });
    await b.rest(3000);
    const row = await shown(b, event);
    expect(counts(row.messages)).toEqual({ confirm: 95, offer: 95 });
    expect(row).toMatchObject({ state: "done", inline: null });
    expect(row.decisions.map(({ recipient, workflow }) => `${recipient} ${workflow}`).sort()).toEqual([
      "alien confirm",
      "alien offer",
    ]);
    await queue.stop();
  });

  test("is worked on by a process that dies between any two steps of its store, and by the next, without a double", async () => {
    for (const crashAfter of times(20, (index) => index + 1)) {
      const b = await bench();
      await known(b, 50);
      await topic(b, "news", ids(45));
      await topic(b, "more", ids(10, 40));
      const event = await accept(b, { recipients: ["u3"], topics: ["news", "more"] });
      b.start({ crashAfter });
      await b.rest(10);
      const marketing = b.start({ only: "events.marketing" });
      await b.rest();
      await marketing.stop();
      const queue = b.start();
      await b.rest(3000);
      const row = await shown(b, event);
      expect([crashAfter, counts(row.messages), row.decisions]).toEqual([crashAfter, { confirm: 50, offer: 50 }, []]);
      expect(new Set(pairs(row)).size).toBe(100);
      await queue.stop();
    }
  });

  test("waits while too many of its messages are due, and goes on as they are settled, however often it is restarted", async () => {
    const b = await bench({ expandedWaitingMax: 50 });
    await known(b, 300);
    await topic(b, "news", ids(300));
    const queue = b.start();
    const event = await accept(b, { topics: ["news"] });
    const other = await accept(b, { recipients: ["u1"] });
    await b.rest(5000);
    const made = (await shown(b, event)).messages.length;
    expect(made).toBeGreaterThan(50);
    expect(made).toBeLessThan(50 + 2 * 2 * 20 * 2);
    expect(await shown(b, other)).toMatchObject({ state: "done" });
    await queue.stop();
    const next = b.start();
    await b.rest(5000);
    expect((await shown(b, event)).messages).toHaveLength(made);
    for (let left = 20; left > 0 && (await shown(b, event)).state !== "done"; left -= 1) {
      b.database.run("update message set due_at = null, state = 2");
      await b.rest(2000);
    }
    const row = await shown(b, event);
    expect(counts(row.messages)).toEqual({ confirm: 300, offer: 300 });
    await next.stop();
  });

  test("is stopped by a cancellation on its way", async () => {
    const b = await bench({ expandedWaitingMax: 50 });
    await known(b, 300);
    await topic(b, "news", ids(300));
    const queue = b.start();
    const event = await accept(b, { topics: ["news"], cancellationHash: "stop" });
    await b.rest(3000);
    const { environmentId, store } = b.corner;
    const stopped = await store.cancelEvents({ environmentId, cancellationHash: "stop", now: b.clock.now() });
    const made = (await shown(b, event)).messages.length;
    expect(stopped).toEqual({ events: 1, runs: 0, messages: made });
    await b.rest(5000);
    expect(await shown(b, event)).toMatchObject({ state: "canceled" });
    expect((await shown(b, event)).messages.map(({ state }) => state)).toEqual(times(made, () => "canceled"));
    await queue.stop();
  });

  test("lets others of its lane have their turns in between", async () => {
    const b = await bench({ expandedWaitingMax: 10_000, concurrency: 1 });
    await known(b, 1000);
    await topic(b, "news", ids(1000));
    const event = await accept(b, { name: "order", topics: ["news"] });
    const queue = b.start();
    const placeOf = async () => b.database.get("select position from event where id = ?", event.id)?.["position"];
    for (let left = 1000; left > 0 && (await placeOf()) === null; left -= 1) await Promise.resolve();
    const small = await accept(b, { recipients: ["u1"] });
    queue.publish("events.transactional", [{ v: 1, id: small.id }]);
    for (let left = 20_000; left > 0 && (await shown(b, small)).state !== "done"; left -= 1) await Promise.resolve();
    expect(await shown(b, event)).toMatchObject({ state: "accepted" });
    await b.rest(3000);
    expect(counts((await shown(b, small)).messages)).toEqual({ confirm: 1, offer: 1 });
    expect(b.database.get("select count(*) as n from message where event_id = ?", event.id)).toEqual({ n: 2000 });
    await queue.stop();
  });

  test("that there are not is taken in, says so once, and goes to the others", async () => {
    const b = await bench();
    await known(b, 3);
    await topic(b, "news", ids(3));
    const queue = b.start();
    const event = await accept(b, { topics: ["gone", "news"] });
    await b.rest();
    const row = await shown(b, event);
    expect(counts(row.messages)).toEqual({ confirm: 3, offer: 3 });
    expect(row.decisions).toMatchObject([{ outcome: "not_started", reason: "topic_unknown", detail: "gone" }]);
    expect(row.state).toBe("done");
    await queue.stop();
  });

  test("reads nobody where it has expired or nothing awaits it", async () => {
    const b = await bench();
    await known(b, 100);
    await topic(b, "news", ids(100));
    const queue = b.start();
    const late = await accept(b, { topics: ["news"], expiresAt: b.clock.now() });
    const unheard = await accept(b, { name: "nothing", recipients: ["u1"], topics: ["news"] });
    await b.rest();
    expect(await shown(b, late)).toMatchObject({
      state: "done",
      messages: [],
      // One of each lane.
      decisions: [{ reason: "expired" }, { reason: "expired" }],
    });
    expect(await shown(b, unheard)).toMatchObject({ state: "done", decisions: [{ reason: "no_workflow" }] });
    expect(b.database.get("select count(*) as n from event where position is not null")).toEqual({ n: 0 });
    await queue.stop();
  });
});
