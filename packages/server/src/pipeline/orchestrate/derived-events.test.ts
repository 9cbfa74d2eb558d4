import { expect, test } from "vitest";
import { openPayload } from "../../domain/event-payload.ts";
import { deriveId } from "../../lib/ids.ts";
import { type Documents, stepWorld } from "./step-world.conformance.ts";

const mail = (id: string) => ({ id, type: "channel", channel: "email", template: "t" });
const send = (event: string, over: object = {}) => ({ id: "send", type: "event", event, ...over });
const wait = { id: "pause", type: "delay", seconds: 60 };
const body = { email: "u1@example.org" };

type World = Awaited<ReturnType<typeof stepWorld>>;

/** Events by name, as they stand in the table, oldest first. */
const rowsOf = (w: World, name: string) =>
  w.database.all(
    "select id, root, depth, lane, generation, received_at as at, payload from event where name = ? order by id",
    name,
  );
const idsOf = (w: World, name: string) => rowsOf(w, name).map(({ id }) => String(id));
const payloadOf = (w: World, row: Record<string, unknown> | undefined) =>
  openPayload({ payload: String(row?.["payload"]) }, w.corner.environmentId, w.keyring);

async function ran(workflows: Documents["workflows"], over: Partial<Documents>, act: (w: World) => Promise<void>) {
  const w = await stepWorld({ workflows, ...over });
  const queue = w.start();
  await act(w);
  expect(w.faults).toEqual([]);
  await queue.stop();
  w.database.close();
}

test("a step sends an event about the run's recipient, with its data, tenant, cancellation and expiry", async () => {
  const workflows = {
    late: { steps: [wait, send("escalated", { data: { from: { $: "recipient.id" } } })] },
    escalated: { category: "alarm", steps: [mail("mail")] },
  };
  await ran(workflows, { categories: { alarm: { class: "critical" } } }, async (w) => {
    const over = { tenant: "acme", expiresAt: w.clock.now() + 300_000, cancellationHash: "k" };
    const id = await w.accept("late", { body, data: { order: 7 }, ...over });
    await w.rest(70_000);
    const [row] = rowsOf(w, "escalated");
    expect(row).toMatchObject({ root: id, depth: 1, lane: 0, at: w.corner.at + 60_001 });
    expect(payloadOf(w, row)).toEqual({ data: { order: 7, from: "u1" }, recipients: ["u1"] });
    const made = await w.shown(String(row?.["id"]));
    expect(made).toMatchObject({ ...{ tenant: "acme", expiresAt: over.expiresAt }, descent: { root: id, depth: 1 } });
    expect(made?.messages).toMatchObject([{ step: "mail", recipient: "u1", tenant: "acme", lane: "critical" }]);
    expect(await w.shown(id)).toMatchObject({
      derived: { events: 1, messages: 1 },
      decisions: [{ step: "send", outcome: "event", reason: "event_sent", detail: `escalated ${made?.id}` }],
    });
    expect(
      await w.corner.store.cancelEvents({
        environmentId: w.corner.environmentId,
        cancellationHash: "k",
        now: w.clock.now(),
      }),
    ).toMatchObject({ messages: 1 });
  });
});

test("recipients, topics and segments of the step take the place of the run's recipient", async () => {
  const recipients = ["u2", { topic: "support" }, "u2", { segment: "vip" }];
  await ran({ late: { steps: [send("escalated", { recipients })] } }, {}, async (w) => {
    await w.accept("late", { body });
    await w.rest();
    expect(payloadOf(w, rowsOf(w, "escalated")[0])).toEqual({
      data: {},
      recipients: ["u2"],
      audiences: [{ topic: "support" }, { segment: "vip" }],
    });
  });
});

test("an event that a step sends may be the one for which a run waits", async () => {
  const answered = { id: "heard", type: "wait_for", event: "answer", timeoutSeconds: 60 };
  const workflows = {
    ask: { steps: [send("question"), answered, mail("mail")] },
    question: { steps: [send("answer")] },
  };
  await ran(workflows, {}, async (w) => {
    const id = await w.accept("ask", { body });
    await w.rest(5000);
    expect((await w.shown(id))?.messages).toMatchObject([{ step: "mail" }]);
    expect(rowsOf(w, "answer")).toMatchObject([{ root: id, depth: 2 }]);
  });
});

test("what stands behind a throttle that a run does not get past is not sent, and what stands before it is", async () => {
  const few = { id: "few", type: "throttle", limit: 1, windowSeconds: 3600 };
  const workflows = { a: { steps: [{ ...send("before"), id: "first" }, few, send("behind")] } };
  await ran(workflows, {}, async (w) => {
    await w.accept("a", { body });
    await w.rest();
    await w.accept("a", {});
    await w.rest();
    expect([rowsOf(w, "before").length, rowsOf(w, "behind").length]).toEqual([2, 1]);
  });
});

test("a chain ends at the bound of its depth, which is said with step, root and depth", async () => {
  await ran({ loop: { steps: [mail("mail"), send("loop")] } }, {}, async (w) => {
    const id = await w.accept("loop", { body });
    await w.rest(5000);
    const ids = idsOf(w, "loop");
    expect(rowsOf(w, "loop").map(({ depth }) => depth)).toEqual([0, 1, 2, 3, 4]);
    expect((await w.shown(ids.at(-1) ?? ""))?.decisions).toMatchObject([
      { step: "send", outcome: "not_sent", reason: "event_depth", detail: `loop, root ${id}, depth 4` },
    ]);
    expect(w.runaways).toEqual([`${id} event_depth`]);
    expect(await w.shown(id)).toMatchObject({ derived: { events: 4, messages: 4 } });
  });
});

test("a tree of events ends at the bound of what one event may lead to, and no other event's is touched", async () => {
  const steps = [mail("mail"), ...["a", "b", "c"].map((id) => ({ ...send("tree"), id }))];
  await ran({ tree: { steps } }, {}, async (w) => {
    const id = await w.accept("tree", { body });
    await w.rest(10_000);
    const { events = 0, messages = 0 } = (await w.shown(id))?.derived ?? {};
    expect(events + messages).toBe(40);
    expect(rowsOf(w, "tree").length).toBe(1 + events);
    expect(w.runaways).toContain(`${id} derived_limit`);
    const limited = w.database.all("select event_id, detail from decision where reason = 'derived_limit'");
    expect(limited.length).toBeGreaterThan(0);
    expect(new Set(limited.map((row) => row["event_id"])).size).toBe(limited.length);
    for (const { detail } of limited)
      expect(String(detail)).toMatch(new RegExp(`^root ${id}, depth \\d, at most 40: \\d events`));
    await w.accept("tree", { id: "u2", body: { email: "u2@example.org" } });
    await w.rest(10_000);
    expect(rowsOf(w, "tree").length).toBeGreaterThan(2 + events);
  });
});

test("data that is too large, or that a workflow refuses, is not sent, and the run goes on", async () => {
  const large = send("large", { data: { text: { $: "data.text" } } });
  const workflows = {
    a: { steps: [large, { ...send("refused"), id: "other" }, mail("mail")] },
    refused: { data: {}, steps: [mail("mail")] },
  };
  await ran(workflows, {}, async (w) => {
    const id = await w.accept("a", { body, data: { text: "x".repeat(3000) } });
    await w.rest();
    const small = await w.accept("a", { data: { text: "", refuse: true } });
    await w.rest();
    expect((await w.shown(id))?.decisions).toMatchObject([
      { step: "send", reason: "event_too_large", detail: "large, 2000 bytes" },
      { step: "other", reason: "event_too_large" },
    ]);
    expect((await w.shown(small))?.decisions).toMatchObject([
      { step: "send", reason: "event_sent" },
      { step: "other", reason: "event_data_refused", detail: "refused, data refuse: must not be" },
    ]);
    expect((await w.shown(id))?.messages).toHaveLength(1);
    expect(rowsOf(w, "refused")).toEqual([]);
  });
});

test("processes that die at any step of their stores leave each event there once, under the same id", async () => {
  const workflows = {
    late: { steps: [send("now"), { ...wait, seconds: 1 }, { ...send("later"), id: "second" }, mail("mail")] },
    now: { steps: [mail("mail")] },
    later: { steps: [mail("mail")] },
  };
  for (let crashAfter = 1; crashAfter <= 45; crashAfter += 1) {
    const w = await stepWorld({ workflows });
    const id = await w.accept("late", { body });
    const at = w.clock.now();
    // Of event, run, step and the step's time, and of nothing that a further turn would find changed.
    const runId = deriveId(at, "run", id, "late", "u1", "0");
    const ids = {
      now: deriveId(at + 1, "event", runId, "send"),
      later: deriveId(at + 1001, "event", runId, "second"),
    };
    for (const after of [crashAfter, crashAfter + 2]) {
      w.start(after);
      await w.rest(1500);
    }
    const queue = w.start();
    await w.rest(4000);
    for (const [name, made] of Object.entries(ids)) {
      expect([crashAfter, name, ...idsOf(w, name)]).toEqual([crashAfter, name, made]);
      expect((await w.shown(made))?.messages).toHaveLength(1);
    }
    expect(await w.shown(id)).toMatchObject({ derived: { events: 2, messages: 2 }, messages: [{ step: "mail" }] });
    await queue.stop();
    w.database.close();
  }
});
