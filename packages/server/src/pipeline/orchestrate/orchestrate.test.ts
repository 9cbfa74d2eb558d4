import { afterEach, describe, expect, test } from "vitest";
import { times } from "../../store/conformance/corner.conformance.ts";
import { accept, bench, closeBenches, counts, people, shown } from "./orchestrate-bench.conformance.ts";

afterEach(closeBenches);

describe("orchestrate", () => {
  test("an event reaches every inline recipient in every lane, however its lanes' turns are interleaved", async () => {
    const b = await bench();
    const queue = b.start();
    const event = await accept(b, { inline: people(95) });
    await b.rest();
    const row = await shown(b, event);
    expect(counts(row.messages)).toEqual({ confirm: 95, offer: 95 });
    expect(row).toMatchObject({ state: "done", inline: null, decisions: [] });
    expect(new Set(b.delivered.map(({ id }) => id))).toEqual(new Set(row.messages.map(({ id }) => id)));
    expect(new Set(row.messages.map(({ workflow: name, lane }) => `${name} ${lane}`))).toEqual(
      new Set(["confirm transactional", "offer marketing"]),
    );
    expect(b.faults).toEqual([]);
    await queue.stop();
  });

  test("a process that dies between any two steps of its store loses and doubles nothing, whichever lane goes on first", async () => {
    for (const crashAfter of times(30, (index) => index + 1)) {
      const b = await bench();
      const event = await accept(b, { inline: people(45) });
      b.start({ crashAfter });
      await b.rest(10);
      const marketing = b.start({ only: "events.marketing" });
      await b.rest();
      await marketing.stop();
      const queue = b.start();
      await b.rest();
      const row = await shown(b, event);
      expect([crashAfter, counts(row.messages), row.decisions]).toEqual([crashAfter, { confirm: 45, offer: 45 }, []]);
      expect(new Set(row.messages.map(({ recipient, workflow: name }) => `${recipient} ${name}`)).size).toBe(90);
      await queue.stop();
    }
  });

  test("two processes that take the same event at once make each message once", async () => {
    const b = await bench();
    const event = await accept(b, { inline: people(30) });
    const queues = [b.start(), b.start()];
    await b.rest();
    const row = await shown(b, event);
    expect(counts(row.messages)).toEqual({ confirm: 30, offer: 30 });
    for (const queue of queues) await queue.stop();
  });

  test("an event that cannot be read ends in the dead-letter queue, and those beside it go on", async () => {
    const b = await bench();
    const poison = await b.corner.accepted({ name: "order", receivedAt: b.clock.now(), dueAt: b.clock.now() });
    const good = await accept(b, { inline: people(3) });
    const queue = b.start();
    await b.rest();
    expect(await shown(b, poison)).toMatchObject({ state: "dead", messages: [] });
    expect(counts((await shown(b, good)).messages)).toEqual({ confirm: 3, offer: 3 });
    expect(await b.corner.store.getDeadLetter({ environmentId: b.corner.environmentId, id: poison.id })).toMatchObject({
      kind: "event",
      reason: "orchestration_failed",
    });
    expect(b.faults).toEqual([`orchestrate ${poison.id}`]);
    await queue.stop();
  });

  test("what starts nothing is recorded: no workflow, nobody known, no address, too late", async () => {
    const b = await bench();
    const queue = b.start();
    const events = {
      no_workflow: await accept(b, { name: "nothing", inline: people(1) }),
      recipient_unknown: await accept(b, { recipients: ["nobody"] }),
      no_address: await accept(b, { inline: [{ id: "v" }] }),
      expired: await accept(b, { inline: people(1), expiresAt: b.clock.now() }),
    };
    await b.rest();
    for (const [reason, event] of Object.entries(events)) {
      const row = await shown(b, event);
      expect(row).toMatchObject({ state: "done", messages: [] });
      expect(new Set(row.decisions.map((decision) => decision.reason))).toEqual(new Set([reason]));
    }
    await queue.stop();
  });

  test("a run that waits goes on when its time has come, not before, and once per dedupe window", async () => {
    const b = await bench();
    const queue = b.start();
    const first = await accept(b, { name: "slow", inline: people(1), data: { order: { id: 1 } } });
    await b.rest(9_000);
    const again = await accept(b, { name: "slow", recipients: ["u0"], data: { order: { id: 1 } } });
    const other = await accept(b, { name: "slow", recipients: ["u0"], data: { order: { id: 2 } } });
    await b.rest(999);
    expect(await shown(b, first)).toMatchObject({ messages: [], runs: [{ state: "waiting" }] });
    await b.rest(1000);
    expect(await shown(b, first)).toMatchObject({ messages: [{ workflow: "slow" }], runs: [{ state: "completed" }] });
    await b.rest(20_000);
    expect(await shown(b, again)).toMatchObject({ messages: [], runs: [], decisions: [{ reason: "deduplicated" }] });
    expect((await shown(b, other)).messages).toHaveLength(1);
    await queue.stop();
  });

  test("an event for somebody who cannot be opened ends dead alone; those beside it go on", async () => {
    const b = await bench();
    const { store, environmentId } = b.corner;
    await store.putRecipient({ recipient: b.corner.recipient({ id: "sealed-otherwise" }) });
    const poison = await accept(b, { recipients: ["sealed-otherwise"] });
    const event = await accept(b, { inline: people(2) });
    const queue = b.start();
    await b.rest();
    expect(await shown(b, poison)).toMatchObject({ state: "dead", messages: [] });
    expect((await shown(b, event)).messages).toHaveLength(4);
    expect(await store.getDeadLetter({ environmentId, id: poison.id })).toMatchObject({
      reason: "orchestration_failed",
    });
    await queue.stop();
  });

  test("four processes that plan at once send nobody more than a cap allows, and record the rest", async () => {
    const b = await bench();
    const events = [];
    for (const _ of times(40, (index) => index)) events.push(await accept(b, { name: "capped", inline: people(5) }));
    const queues = times(4, () => b.start());
    await b.rest();
    const rows = [];
    for (const event of events) rows.push(await shown(b, event));
    const messages = rows.flatMap((row) => row.messages);
    const perPerson = people(5).map(({ id }) => messages.filter(({ recipient }) => recipient === id).length);
    expect(perPerson).toEqual([3, 3, 3, 3, 3]);
    expect(rows.flatMap((row) => row.decisions.map(({ reason }) => reason))).toEqual(
      times(40 * 5 * 2 - 15, () => "cap_reached"),
    );
    expect(new Set(b.delivered.map(({ id }) => id))).toEqual(new Set(messages.map(({ id }) => id)));
    expect(b.faults).toEqual([]);
    for (const queue of queues) await queue.stop();
  });

  test("inline recipients of ten events at once become one recipient", async () => {
    const b = await bench();
    const events = [];
    for (const _ of times(10, (index) => index))
      events.push(await accept(b, { inline: [{ id: "u0", email: "same@example.org" }] }));
    const queue = b.start();
    await b.rest();
    for (const event of events) expect(counts((await shown(b, event)).messages)).toEqual({ confirm: 1, offer: 1 });
    expect(b.database.get("select count(*) as n from recipient")).toEqual({ n: 1 });
    expect(b.faults).toEqual([]);
    await queue.stop();
  });
});
