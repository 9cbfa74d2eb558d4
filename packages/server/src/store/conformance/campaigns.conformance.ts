import { describe, expect, test } from "vitest";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import { sumsOfTurn } from "../sql/campaign-turn.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const minuteMs = 60_000;

/** A campaign with a turn that made these messages. */
async function campaign(corner: Corner, countedTopics: string[] | null = []) {
  const event = await corner.accepted({
    name: "offer",
    cancellationHash: `stop ${corner.id()}`,
    campaign: { name: "Autumn", document: '{"named":2}', countedTopics, named: 2 },
  });
  const messages = times(5, () => {
    const made = corner.message({ eventId: event.id });
    return { ...made, expanded: true, origin: { ...made.origin, campaign: event.id } };
  });
  return { event, messages };
}

export function campaignsConformance(open: OpenCorner): void {
  const read = async ({ store, environmentId, at }: Corner, id: string) => {
    const found = await store.getCampaign({ environmentId, id, sinceMinute: Math.floor(at / minuteMs) });
    const counts = (found?.counts ?? []).map(({ metric, minute, value }) => [
      minute === 0 ? metric : `${metric} in its minute`,
      value,
    ]);
    return { row: found?.row, counts: Object.fromEntries(counts) };
  };

  describe("a campaign", () => {
    test("is written with its event, with the total of its topics, and listed newest first in its environment", async () => {
      const corner = await open();
      const { store, environmentId, otherEnvironmentId, at } = corner;
      await store.putTopic({ environmentId, key: "news", id: corner.id(), name: null, description: null, now: at });
      await store.subscribe({ environmentId, key: "news", recipients: ["u1", "u2", "u3"], now: at });
      const { event } = await campaign(corner, ["news", "gone"]);
      const { event: second } = await campaign(corner, null);
      expect((await read(corner, event.id)).row).toEqual({
        id: event.id,
        name: "Autumn",
        document: '{"named":2}',
        scheduledAt: null,
        expiresAt: null,
        total: 5,
        cancellationHash: event.cancellationHash,
        canceledAt: null,
        pausedAt: null,
        resumedAt: null,
        createdAt: event.receivedAt,
        eventName: "offer",
        eventState: "accepted",
        hasParts: false,
        isOpen: false,
      });
      const list = async (id: number, before: string, limit: number) =>
        (await store.listCampaigns({ environmentId: id, before, limit })).map((row) => [row.id, row.total]);
      expect(await list(environmentId, "", 10)).toEqual([
        [second.id, null],
        [event.id, 5],
      ]);
      expect(await list(environmentId, second.id, 1)).toEqual([[event.id, 5]]);
      expect(await list(otherEnvironmentId, "", 10)).toEqual([]);
      expect(
        await store.getCampaign({ environmentId: otherEnvironmentId, id: event.id, sinceMinute: 0 }),
      ).toBeUndefined();
    });

    test("counts whom its turns looked at, what they skipped, and what becomes of its messages, whoever settles them", async () => {
      const corner = await open();
      const { store, at } = corner;
      const { event, messages } = await campaign(corner);
      const [sent, dead, opened, settled] = messages;
      const decisions = [
        corner.decision(),
        corner.decision({ reason: "opted_out" }),
        corner.decision({ outcome: "branch" }),
      ];
      const turn = corner.turn(event, { messages, decisions, progressed: { looked: 9, recipients: 7 } });
      await store.commitEvents({ turns: [turn] });
      expect(await store.commitEvents({ turns: [turn] })).toEqual([{ status: "lost" }]);
      if (sent === undefined || dead === undefined || opened === undefined || settled === undefined)
        throw new RangeError("few");
      for (const message of [sent, dead, opened]) await corner.start(message);
      await corner.record(sent);
      await corner.record(dead, { after: { state: "dead", reason: "r", detail: "" }, outcome: "rejected" });
      await corner.record(opened);
      await store.recordFeedback({ reports: [corner.report(opened, { kind: "opened" })], now: at });
      const environmentId = corner.environmentId;
      await store.settleMessages({
        settlements: [
          { environmentId, messageId: settled.id, attempts: 0, at, after: { state: "expired", reason: "expired" } },
        ],
      });
      const { row, counts } = await read(corner, event.id);
      expect(row).toMatchObject({ eventState: "done", isOpen: true });
      expect(counts).toEqual({
        looked: 9,
        recipients: 7,
        "skipped:no_address": 1,
        "skipped:opted_out": 1,
        queued: 5,
        sent: 2,
        dead: 1,
        opened: 1,
        expired: 1,
        "left in its minute": 4,
      });
    });

    test("counts what a newer message took the place of, what sleeps, and what was gathered", async () => {
      const corner = await open();
      const { store } = corner;
      const { event, messages } = await campaign(corner);
      const collapseHash = `k ${corner.id()}`;
      const [superseded, asleep, gathered, ...others] = messages;
      if (superseded === undefined || asleep === undefined || gathered === undefined) throw new RangeError("few");
      const marked = [{ ...superseded, collapseHash }, asleep, gathered, ...others];
      const made = corner.turn(event, { messages: marked, progressed: { looked: 5, recipients: 5 } });
      await store.commitEvents({ turns: [made] });
      await corner.queued({ collapseHash });
      expect((await read(corner, event.id)).counts).toMatchObject({ queued: 5, canceled: 1, "left in its minute": 1 });
      const held = [
        { id: asleep.id, status: "dropped", reason: "sunset" },
        { id: gathered.id, status: "gathered" },
        { id: superseded.id, status: "dropped" },
      ] as const;
      const sums = sumsOfTurn(made, { dropped: [], held }).map(({ metric, value }) => [metric, value]);
      expect(Object.fromEntries(sums)).toEqual({
        looked: 5,
        recipients: 5,
        "skipped:cap_reached": 1,
        "skipped:digest": 1,
        "skipped:sunset": 1,
      });
    });

    test("is canceled by its hash, and counts what that stopped", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const { event, messages } = await campaign(corner);
      const progress = { kind: "continue", cursor: 5, position: "0:u" } as const;
      await store.commitEvents({ turns: [corner.turn(event, { messages, progress })] });
      await store.cancelEvents({ environmentId, cancellationHash: event.cancellationHash ?? "", now: at });
      const { row, counts } = await read(corner, event.id);
      expect(row).toMatchObject({ eventState: "canceled", isOpen: false });
      expect(counts).toMatchObject({ queued: 5, canceled: 5 });
      const { event: taken, messages: rest } = await campaign(corner);
      await store.commitEvents({ turns: [corner.turn(taken, { messages: rest })] });
      const stop = { environmentId, cancellationHash: taken.cancellationHash ?? "", now: at + 1 };
      expect(await store.cancelEvents(stop)).toEqual({ events: 0, runs: 0, messages: 5 });
      expect(await store.cancelEvents({ ...stop, now: at + 2 })).toEqual({ events: 0, runs: 0, messages: 0 });
      expect((await read(corner, taken.id)).row).toMatchObject({
        eventState: "done",
        canceledAt: at + 1,
        isOpen: false,
      });
    });

    test("that is paused takes nobody in, whatever turn is under way, and goes on from there once it is resumed", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const { event, messages } = await campaign(corner);
      const { id, lane } = event;
      const due = async (now: number) => (await store.dueEvents({ lane, now, limit: 1000 })).includes(id);
      const cursorOf = async () => (await store.loadEvents({ ids: [id], lane })).map(({ cursor }) => cursor);
      const progress = { kind: "continue", cursor: 5, position: "0:u" } as const;
      await store.commitEvents({ turns: [corner.turn(event, { messages, progress })] });
      await store.pauseCampaign({ environmentId: corner.otherEnvironmentId, id, now: at });
      expect([await due(at), await cursorOf()]).toEqual([true, [5]]);
      await store.pauseCampaign({ environmentId, id, now: at });
      await store.pauseCampaign({ environmentId, id, now: at + 1 });
      const next = corner.turn(event, { cursor: 5, messages: [corner.message({ eventId: id })] });
      expect(await store.commitEvents({ turns: [next] })).toEqual([{ status: "lost" }]);
      expect([await due(at + 1e12), await cursorOf()]).toEqual([false, []]);
      expect((await read(corner, id)).row).toMatchObject({ eventState: "accepted", pausedAt: at, isOpen: true });
      await store.resumeCampaign({ environmentId, id, now: at + 2 });
      await store.resumeCampaign({ environmentId, id, now: at + 3 });
      expect([await due(at + 1), await due(at + 2), await cursorOf()]).toEqual([false, true, [5]]);
      expect((await read(corner, id)).row).toMatchObject({ pausedAt: null, resumedAt: at + 2 });
      expect(await store.commitEvents({ turns: [next] })).toMatchObject([{ status: "committed" }]);
      await store.pauseCampaign({ environmentId, id, now: at + 4 });
      expect((await read(corner, id)).row).toMatchObject({ eventState: "done", pausedAt: null });
    });

    test("of several lanes is paused in all of them, and one that is paused is canceled", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const { event } = await campaign(corner);
      const { id } = event;
      await store.commitEvents({ turns: [corner.turn(event, { otherLanes: ["marketing"] })] });
      await store.pauseCampaign({ environmentId, id, now: at });
      const part = corner.turn(event, { lane: "marketing", continuation: true });
      const onward = { ...part, progress: { kind: "continue", cursor: 3 } as const };
      expect(await store.commitEvents({ turns: [part] })).toEqual([{ status: "lost" }]);
      expect(await store.commitEvents({ turns: [onward] })).toEqual([{ status: "lost" }]);
      expect(await store.loadEvents({ ids: [id], lane: "marketing" })).toEqual([]);
      expect((await read(corner, id)).row).toMatchObject({ hasParts: true, pausedAt: at });
      await store.resumeCampaign({ environmentId, id, now: at });
      expect(await store.loadEvents({ ids: [id], lane: "marketing" })).toHaveLength(1);
      expect(await store.commitEvents({ turns: [onward] })).toMatchObject([{ status: "committed" }]);
      const { event: other } = await campaign(corner);
      await store.pauseCampaign({ environmentId, id: other.id, now: at });
      const stop = { environmentId, cancellationHash: other.cancellationHash ?? "", now: at };
      expect(await store.cancelEvents(stop)).toMatchObject({ events: 1 });
      await store.resumeCampaign({ environmentId, id: other.id, now: at + 1 });
      expect(await store.loadEvents({ ids: [other.id], lane: other.lane })).toEqual([]);
      expect((await read(corner, other.id)).row).toMatchObject({ eventState: "canceled" });
    });

    test("that is to begin later does not while it is paused, nor before its time once it is resumed; no event is paused", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const made = { name: "Autumn", document: '{"named":2}', countedTopics: [], named: 2 };
      const { id, lane } = await corner.accepted({ dueAt: at + 100, campaign: made });
      const plain = await corner.accepted();
      const due = async (now: number) => {
        const ids = await store.dueEvents({ lane, now, limit: 1000 });
        return [ids.includes(id), ids.includes(plain.id)];
      };
      await store.pauseCampaign({ environmentId, id: plain.id, now: at });
      await store.pauseCampaign({ environmentId, id, now: at });
      expect(await due(at + 100)).toEqual([false, true]);
      await store.resumeCampaign({ environmentId, id, now: at + 10 });
      expect(await due(at + 99)).toEqual([false, true]);
      expect(await due(at + 100)).toEqual([true, true]);
    });

    test("is counted with messages that were loaded after a restart, and no event with topics is that is none", async () => {
      const corner = await open();
      const { store } = corner;
      const { event, messages } = await campaign(corner);
      const [first] = messages;
      if (first === undefined) throw new RangeError("few");
      await store.commitEvents({ turns: [corner.turn(event, { messages })] });
      const load = async (message: NewMessage) =>
        (await store.loadDeliveries({ ids: [message.id], lane: message.origin.lane }))[0]?.origin;
      const origin = await load(first);
      expect(origin?.campaign).toBe(event.id);
      await corner.start(first);
      await corner.record(first, { labels: origin ?? first.origin });
      expect((await read(corner, event.id)).counts).toMatchObject({ queued: 5, sent: 1 });
      const plain = await corner.accepted();
      const made = corner.message({ eventId: plain.id });
      const other = { ...made, expanded: true, origin: { ...made.origin, campaign: plain.id } };
      await store.commitEvents({ turns: [corner.turn(plain, { messages: [other] })] });
      expect(await read(corner, plain.id)).toEqual({ row: undefined, counts: {} });
    });
  });
}
