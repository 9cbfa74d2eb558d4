import { describe, expect, test } from "vitest";
import type { AttentionClaim, Cap } from "../../domain/attention.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";
import { joinOf } from "./digests.conformance.ts";
import { messagesTo } from "./messages-to.conformance.ts";
import type { MessageFields } from "./rows.conformance.ts";

const windowMs = 100_000;

export function claimOf(over: Partial<Cap> = {}): AttentionClaim {
  return {
    caps: [{ limit: 2, windowSeconds: windowMs / 1000, over: "drop", level: "category", ...over }],
    isHigh: false,
    horizonMs: 10 * windowMs,
    entriesMax: 200,
    timing: null,
  };
}

export function attentionConformance(open: OpenCorner): void {
  const shown = async (corner: Corner, { eventId, origin: { environmentId } }: NewMessage) => {
    const row = await corner.store.getEvent({ environmentId, id: eventId, limit: 1000 });
    if (row === undefined) throw new RangeError("there is no such event");
    return row;
  };
  /** Messages of an event each, and what a turn of its own gave each. */
  const turns = async (corner: Corner, overs: readonly MessageFields[]) => {
    const messages: NewMessage[] = [];
    const made = [];
    for (const over of overs) {
      const { environmentId = corner.environmentId } = over;
      const event = await corner.accepted({ environmentId });
      const message = corner.message({ eventId: event.id, claim: claimOf(), ...over });
      messages.push(message);
      made.push(corner.turn(event, { messages: [message] }));
    }
    const results = await Promise.all(made.map((turn) => corner.store.commitEvents({ turns: [turn] })));
    const held = results.flat().map((result) => (result.status === "committed" ? result.held : undefined));
    return { messages, held, turns: made };
  };

  describe("a message that claims its recipient's attention", () => {
    test("joins a digest in the same commit where a cap gives it there, once for all its addresses", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const runId = corner.id();
      const caps = claimOf({ limit: 1, over: "digest" });
      const made = corner.decision({ eventId: event.id, runId, outcome: "digest", reason: "cap_reached" });
      const overflow = joinOf(corner, event.id, { runId, decision: made });
      const messages = times(3, () => ({ ...corner.message({ eventId: event.id, runId, claim: caps }), overflow }));
      const results = await corner.store.commitEvents({ turns: [corner.turn(event, { messages })] });
      const [first, second, third] = messages.map(({ id }) => id);
      expect(results).toMatchObject([
        {
          status: "committed",
          held: [
            { id: second, status: "gathered" },
            { id: third, status: "gathered" },
          ],
        },
      ]);
      expect(await corner.dueMessages()).toEqual([first]);
      const ids = await corner.store.dueRuns({ lane: "transactional", now: corner.at + 1000, limit: 10 });
      const [record] = await corner.store.loadRuns({ ids, lane: "transactional" });
      expect(record?.window?.entries).toMatchObject([{ runId, eventId: event.id }]);
      const { environmentId } = corner;
      const shownEvent = await corner.store.getEvent({ environmentId, id: event.id, limit: 10 });
      expect(shownEvent?.decisions.map(({ detail }) => detail).toSorted()).toEqual([
        "category: 1 in 100 s",
        `category: 1 in 100 s, in ${record?.id}`,
      ]);
    });

    test("of a run joins a digest too, and one that closes a window claims like any other", async () => {
      const corner = await open();
      const caps = claimOf({ limit: 1, over: "digest" });
      const joining = async () => {
        const run = await corner.waiting();
        const overflow = joinOf(corner, run.eventId, { runId: run.id });
        return corner.runTurn(run, {
          messages: [{ ...corner.message({ eventId: run.eventId, runId: run.id, claim: caps }), overflow }],
        });
      };
      const turns = [await joining(), await joining()];
      await corner.store.commitRuns({ turns });
      const [id] = await corner.store.dueRuns({ lane: "transactional", now: corner.at + 1000, limit: 10 });
      const [record] = await corner.store.loadRuns({ ids: [id ?? ""], lane: "transactional" });
      expect(record?.window?.entries).toHaveLength(1);
      if (record === undefined) throw new RangeError("there is no window");
      const { event, window, watch: _, ...run } = record;
      const close = corner.runTurn(
        { ...run, eventId: event.id, effectKey: null },
        {
          window: { kind: "close", version: window?.version ?? 0, eventId: event.id },
          messages: [
            corner.message({ eventId: event.id, runId: record.id, claim: claimOf({ limit: 1, over: "defer" }) }),
          ],
        },
      );
      const [result] = await corner.store.commitRuns({ turns: [close] });
      expect(result).toMatchObject({ status: "committed", held: [{ status: "deferred" }] });
    });

    test("is not made where a cap that drops has no place for it, which is recorded", async () => {
      const corner = await open();
      const { messages } = await turns(corner, [{}, {}]);
      const { messages: over, held } = await turns(corner, [{}]);
      expect(held).toEqual([[{ id: over[0]?.id, status: "dropped" }]]);
      expect(await corner.dueMessages()).toEqual(messages.map(({ id }) => id));
      const [message] = over;
      expect(message && (await shown(corner, message))).toMatchObject({
        state: "done",
        messages: [],
        decisions: [
          {
            step: "mail",
            channel: "email",
            outcome: "not_sent",
            reason: "cap_reached",
            detail: "category: 2 in 100 s",
          },
        ],
      });
    });

    test("waits in its row where the cap defers, also where it had a call already", async () => {
      const corner = await open();
      const claim = claimOf({ over: "defer" });
      await turns(corner, [{ claim }, { claim }]);
      const { messages, held } = await turns(corner, [{ claim, start: corner.call() }]);
      const [message] = messages;
      if (message === undefined) throw new RangeError("no message");
      expect(held).toEqual([[{ id: message.id, status: "deferred" }]]);
      const row = await corner.row(message);
      expect(row).toMatchObject({ state: "queued", dueAt: corner.at + windowMs, attempts: [] });
      expect(JSON.parse(row.decisions)).toMatchObject([
        { outcome: "deferred", reason: "cap_reached", detail: expect.stringMatching(/^category: 2 in 100 s until 2/) },
      ]);
      expect(await corner.dueMessages({ now: corner.at + windowMs - 1 })).not.toContain(message.id);
      expect(await corner.dueMessages({ now: corner.at + windowMs })).toContain(message.id);
    });

    test("has its place once, however often its turn is made", async () => {
      const corner = await open();
      const first = await turns(corner, [{}]);
      const again = await Promise.all(times(5, () => corner.store.commitEvents({ turns: first.turns })));
      expect(again.flat().every(({ status }) => status === "lost")).toBe(true);
      const event = await corner.accepted();
      await corner.store.commitEvents({ turns: [corner.turn(event, { messages: first.messages })] });
      expect((await turns(corner, [{}])).held).toEqual([[]]);
      expect((await turns(corner, [{}])).held).toMatchObject([[{ status: "dropped" }]]);
    });

    test("is held to caps in a turn that comes with its event, and in a run's turn", async () => {
      const corner = await open();
      const recipient = await corner.store.putRecipient({ recipient: corner.recipient() });
      const read = { id: recipient.id, version: recipient.version, wrappedKey: recipient.wrappedKey };
      await turns(corner, [{}, {}]);
      const event = corner.event();
      const first = corner.message({ eventId: event.id, claim: claimOf(), start: corner.call() });
      const turn = {
        now: corner.at,
        reads: [read],
        dedupe: [],
        throttles: [],
        joins: [],
        runs: [],
        messages: [first],
        decisions: [],
      };
      expect(await corner.store.acceptEvents({ events: [{ ...event, turn }] })).toMatchObject([
        { turn: { held: [{ id: first.id, status: "dropped" }] } },
      ]);
      const run = await corner.waiting();
      const later = corner.message({ eventId: run.eventId, runId: run.id, claim: claimOf({ over: "defer" }) });
      expect(await corner.store.commitRuns({ turns: [corner.runTurn(run, { messages: [later] })] })).toMatchObject([
        { status: "committed", held: [{ id: later.id, status: "deferred" }] },
      ]);
      expect(await corner.row(later)).toMatchObject({ state: "queued", dueAt: corner.at + windowMs });
    });

    test("takes nothing from the same recipient of another environment, nor from who comes after one that was deleted", async () => {
      const corner = await open();
      await corner.store.putRecipient({ recipient: corner.recipient() });
      await turns(corner, [{}, {}]);
      expect((await turns(corner, [{ environmentId: corner.otherEnvironmentId }])).held).toEqual([[]]);
      await corner.store.deleteRecipient({ environmentId: corner.environmentId, id: "u1" });
      expect((await turns(corner, [{}])).held).toEqual([[]]);
    });

    test("finds no cap exceeded by others that claim at the same time", async () => {
      const corner = await open();
      const over = "defer" as const;
      const claim = claimOf({ limit: 3, over });
      const overs = times(200, (index) => ({ recipient: `u${index % 5}`, claim }));
      const calls = [];
      for (let from = 0; from < overs.length; from += 20) {
        const events = await Promise.all(overs.slice(from, from + 20).map(() => corner.accepted()));
        calls.push(
          events.map((event, index) => {
            // Three recipients each, in another order each time.
            const own = times(3, (n) => overs[(from + index + n * 7) % overs.length] ?? {});
            return corner.turn(event, { messages: own.map((each) => corner.message({ eventId: event.id, ...each })) });
          }),
        );
      }
      const results = await Promise.all(calls.map((turnsOfCall) => corner.store.commitEvents({ turns: turnsOfCall })));
      expect(results.flat().every(({ status }) => status === "committed")).toBe(true);
      for (const recipient of times(5, (index) => `u${index}`)) {
        const own = (await messagesTo(corner, recipient)).flatMap(({ dueAt }) => dueAt ?? []);
        for (const at of own)
          expect(own.filter((each) => each >= at && each < at + windowMs).length).toBeLessThanOrEqual(3);
        // Ten windows lie within the horizon, and one begins at its end.
        expect(own).toHaveLength(33);
      }
    });
  });
}
