import { describe, expect, test } from "vitest";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";
import { first, isDue, laterMs, load, settle, watched } from "./watched-messages.conformance.ts";

const report = (
  corner: Corner,
  { id: messageId }: NewMessage,
  kind: "failed" | "delivered" | "bounced",
  at = corner.at,
) =>
  corner.store.recordFeedback({
    reports: [{ environmentId: corner.environmentId, messageId, kind, at, code: "" }],
    now: corner.at + 5,
  });

export function watchesConformance(open: OpenCorner): void {
  describe("a run that watches messages", () => {
    test("is due at its own time where nothing becomes of them, and is read with them", async () => {
      const corner = await open();
      const { messages, run } = await watched(corner, [{}, {}]);
      expect(await isDue(corner, run)).toBe(false);
      expect(await isDue(corner, run, corner.at + laterMs)).toBe(true);
      const record = await load(corner, run);
      expect(record?.watch).toEqual({ ...run.watch, told: null });
      expect(record?.messages).toMatchObject(messages.map(() => ({ state: "queued", isUndeliverable: false })));
    });

    test.each<[string, (corner: Corner, message: NewMessage) => Promise<unknown>, string]>([
      ["ends without an attempt", settle, "failed"],
      [
        "is refused for good",
        async (corner, message) => {
          await corner.start(message);
          await corner.record(message, { after: { state: "failed", reason: "r" }, outcome: "rejected" });
        },
        "failed",
      ],
      [
        "is dead",
        async (corner, message) => {
          await corner.start(message);
          await corner.record(message, { after: { state: "dead", reason: "r", detail: "" }, outcome: "unknown" });
        },
        "dead",
      ],
      ["is reported to have failed", (corner, message) => report(corner, message, "failed"), "failed"],
    ])("is due at once where one %s", async (_, end, state) => {
      const corner = await open();
      const { messages, run } = await watched(corner);
      const message = first(messages);
      await end(corner, message);
      expect(await isDue(corner, run)).toBe(true);
      expect(await load(corner, run)).toMatchObject({ watch: { told: message.id }, messages: [{ state }] });
    });

    test("is told once of a failure that is reported thrice, and of nothing while one is under way or sent", async () => {
      const corner = await open();
      const { messages, run } = await watched(corner);
      const message = first(messages);
      await corner.start(message);
      expect(await isDue(corner, run)).toBe(false);
      await corner.record(message);
      expect(await isDue(corner, run)).toBe(false);
      for (const at of [3, 1, 2]) await report(corner, message, "failed", corner.at + at);
      expect(await isDue(corner, run)).toBe(true);
      const turn = corner.runTurn(run, { progress: { kind: "completed" }, arrivedEventId: message.id });
      expect(await corner.store.commitRuns({ turns: [turn, { ...turn }] })).toMatchObject([
        { status: "committed" },
        { status: "lost" },
      ]);
      await report(corner, message, "bounced");
      expect(await isDue(corner, run, corner.at + 2 * laterMs)).toBe(false);
    });

    test("is due where a message is held back as it is written, by an address that is known to take nothing", async () => {
      const corner = await open();
      const { environmentId, at } = corner;
      const suppression = { channel: "email", addressHash: "dead", scope: "everything", value: "" } as const;
      await corner.store.addSuppressions({
        environmentId,
        suppressions: [{ ...suppression, reason: "bounced", createdAt: at }],
      });
      const start = corner.attempt(corner.message({})).call;
      const { run } = await watched(corner, [{ addressHash: "dead", start }]);
      expect(await isDue(corner, run)).toBe(true);
      expect(await load(corner, run)).toMatchObject({ messages: [{ state: "suppressed", isUndeliverable: true }] });
    });

    test("loses the turn that was planned before a message ended, and keeps its wake", async () => {
      const corner = await open();
      const { messages, run } = await watched(corner, [{}, {}]);
      const progress = { kind: "wait", step: 4, dueAt: corner.at + laterMs, journal: null } as const;
      const planned = corner.runTurn(run, { progress, arrivedEventId: null });
      await settle(corner, first(messages));
      expect(await corner.store.commitRuns({ turns: [planned] })).toEqual([{ status: "lost" }]);
      expect(await isDue(corner, run)).toBe(true);
      const again = corner.runTurn(run, { progress, arrivedEventId: first(messages).id });
      expect(await corner.store.commitRuns({ turns: [again] })).toMatchObject([{ status: "committed" }]);
      expect(await isDue(corner, run)).toBe(false);
      expect((await load(corner, run))?.watch?.told).toBeNull();
    });

    test("is written with messages of a turn that a run takes, and not where that is lost", async () => {
      const corner = await open();
      const { messages, run, event } = await watched(corner);
      await settle(corner, first(messages));
      const next = corner.run({
        eventId: event.id,
        dueAt: corner.at + laterMs,
        watch: { of: run.watch?.of ?? "", from: 1 },
      });
      const message = corner.message({ eventId: event.id, runId: run.watch?.of ?? "" });
      message.watcher = next.id;
      const turn = corner.runTurn(run, {
        progress: { kind: "completed" },
        arrivedEventId: first(messages).id,
        messages: [message],
        runs: [next],
      });
      expect((await corner.store.commitRuns({ turns: [turn] }))[0]).toMatchObject({ status: "committed" });
      expect((await load(corner, next))?.messages).toHaveLength(2);
      const other = corner.run({ eventId: event.id, watch: next.watch });
      expect(await corner.store.commitRuns({ turns: [{ ...turn, messages: [], runs: [other] }] })).toEqual([
        { status: "lost" },
      ]);
      expect(await load(corner, other)).toBeUndefined();
    });

    test("is canceled with its event", async () => {
      const corner = await open();
      const { run } = await watched(corner, [{}], "c");
      const { environmentId, at: now } = corner;
      await corner.store.cancelEvents({ environmentId, cancellationHash: "c", now });
      expect(await isDue(corner, run, corner.at + 2 * laterMs)).toBe(false);
      expect(await load(corner, run)).toBeUndefined();
    });

    test("of many messages that end in several calls at once, each is told", async () => {
      const corner = await open();
      const all = await Promise.all(times(20, () => watched(corner, [{}, {}])));
      const rounds = [0, 1].map((index) => all.flatMap(({ messages }) => messages[index] ?? []));
      await Promise.all(rounds.map((messages) => Promise.all(messages.map((message) => settle(corner, message)))));
      for (const { run } of all) expect(await isDue(corner, run)).toBe(true);
    });
  });
}
