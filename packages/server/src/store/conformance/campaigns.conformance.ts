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
