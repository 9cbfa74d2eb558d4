import { describe, expect, test } from "vitest";
import { firstIdOf, timeOfId } from "../../lib/ids.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { EventTurn } from "../../ports/store/orchestrate.ts";
import type { PastEventsQuery, ReplayedEvent } from "../../ports/store/replays.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const minuteMs = 60_000;

/** A replay that has made nothing yet. */
const replay = (corner: Corner): Promise<NewEvent> =>
  corner.accepted({ kind: "replay", name: "tidings.replay", lane: "marketing", replayed: { document: '{"from":1}' } });

const replayed = (corner: Corner, origin: NewEvent, generation = 1): ReplayedEvent => ({
  id: corner.id(),
  environmentId: corner.environmentId,
  origin: origin.id,
  generation,
  name: origin.name,
  tenant: origin.tenant,
  lane: origin.lane,
  receivedAt: corner.at,
  expiresAt: null,
  cancellationHash: `c ${origin.id}`,
  payload: origin.payload,
  trace: null,
});

const turnOf = (corner: Corner, of: NewEvent, events: ReplayedEvent[], position: string | null): EventTurn =>
  corner.turn(of, {
    lane: "marketing",
    progress: position === null ? { kind: "done" } : { kind: "continue", cursor: 1, position },
    replay: { events, sums: [{ metric: "replayed", value: events.length }] },
  });

const query = (corner: Corner, over: Partial<PastEventsQuery> = {}): PastEventsQuery => ({
  environmentId: corner.environmentId,
  after: firstIdOf(corner.at),
  before: firstIdOf(corner.at + minuteMs),
  names: undefined,
  tenant: undefined,
  lookedMax: 100,
  limit: 100,
  ...over,
});

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

export function replaysConformance(open: OpenCorner): void {
  describe("events that came in", () => {
    test("are read oldest first, of their environment, by name and tenant, and by time", async () => {
      const corner = await open();
      const first = await corner.accepted({ expiresAt: corner.at + 5, cancellationHash: "k" });
      await corner.accepted({ environmentId: corner.otherEnvironmentId });
      await corner.accepted({ kind: "message" });
      const other = await corner.accepted({ name: "order.paid", tenant: "acme" });
      const last = await corner.accepted();
      const read = async (over: Partial<PastEventsQuery> = {}) => corner.store.pastEvents(query(corner, over));
      const { events, next } = await read();
      expect(idsOf(events)).toEqual([first.id, other.id, last.id]);
      expect(next).toBeUndefined();
      expect(events[0]).toEqual({
        id: first.id,
        environmentId: corner.environmentId,
        name: "order.shipped",
        tenant: "",
        state: "accepted",
        receivedAt: corner.at,
        expiresAt: corner.at + 5,
        cancellationHash: "k",
        payload: "payload",
        hasParts: false,
        isDerived: false,
        generation: 0,
      });
      expect(idsOf((await read({ names: ["order.paid", "none"] })).events)).toEqual([other.id]);
      expect(idsOf((await read({ tenant: "" })).events)).toEqual([first.id, last.id]);
      expect(idsOf((await read({ after: first.id, before: last.id })).events)).toEqual([other.id]);
      const byId = { environmentId: corner.environmentId, ids: [last.id, corner.id(), first.id, "none"] };
      expect(idsOf(await corner.store.pastEventsById(byId))).toEqual([first.id, last.id]);
      const elsewhere = { ...byId, environmentId: corner.otherEnvironmentId };
      expect(await corner.store.pastEventsById(elsewhere)).toEqual([]);
    });

    test("are read page by page, whatever lies between those that are meant", async () => {
      const corner = await open();
      const meant: string[] = [];
      for (let index = 0; index < 12; index += 1) {
        const event = await corner.accepted({ name: index % 5 === 0 ? "rare" : "often" });
        if (index % 5 === 0) meant.push(event.id);
      }
      for (const bounds of [{ lookedMax: 2 }, { limit: 1 }, { lookedMax: 12, limit: 3 }, { lookedMax: 3, limit: 2 }]) {
        const found: string[] = [];
        let after: string | undefined = firstIdOf(corner.at);
        while (after !== undefined) {
          const page: { events: readonly { id: string }[]; next: string | undefined } = await corner.store.pastEvents(
            query(corner, { names: ["rare"], after, ...bounds }),
          );
          found.push(...idsOf(page.events));
          after = page.next;
        }
        expect(found).toEqual(meant);
      }
    });

    test("say whether a part of them is open, and how often they were replayed", async () => {
      const corner = await open();
      const event = await corner.accepted();
      await corner.store.commitEvents({ turns: [corner.turn(event, { otherLanes: ["marketing"] })] });
      const [past] = (await corner.store.pastEvents(query(corner))).events;
      expect(past).toMatchObject({ state: "done", hasParts: true, generation: 0 });
      const first = await replay(corner);
      await corner.store.commitEvents({ turns: [turnOf(corner, first, [replayed(corner, event)], null)] });
      const second = await replay(corner);
      await corner.store.commitEvents({ turns: [turnOf(corner, second, [replayed(corner, event, 2)], null)] });
      const { events } = await corner.store.pastEvents(query(corner));
      expect(events.map(({ id, generation }) => [id, generation])).toEqual([[event.id, 2]]);
    });
  });

  describe("a replay", () => {
    test("makes its events with its progress, and nothing where another's turn came first", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      const origins = [await corner.accepted(), await corner.accepted()];
      const own = await replay(corner);
      const made = origins.map((origin) => replayed(corner, origin));
      const turn = turnOf(corner, own, made, origins[1]?.id ?? "");
      expect(await store.commitEvents({ turns: [turn] })).toMatchObject([{ status: "committed" }]);
      const lost = turnOf(
        corner,
        own,
        origins.map((origin) => replayed(corner, origin)),
        null,
      );
      expect(await store.commitEvents({ turns: [lost] })).toEqual([{ status: "lost" }]);
      const found = await store.getReplay({ environmentId, id: own.id, sinceMinute: Math.floor(corner.at / minuteMs) });
      expect(found?.row).toEqual({
        id: own.id,
        document: '{"from":1}',
        canceledAt: null,
        createdAt: corner.at,
        eventState: "accepted",
        reachedAt: timeOfId(origins[1]?.id ?? ""),
      });
      expect(found?.counts.map(({ metric, value }) => [metric, value]).sort()).toEqual([
        ["left", 2],
        ["replayed", 2],
      ]);
      const loaded = await store.loadEvents({ ids: idsOf(made), lane: "transactional" });
      expect(loaded.map(({ id, generation, payload }) => [id, generation, payload])).toEqual(
        made.map(({ id }) => [id, 1, "payload"]),
      );
      const [carried] = await store.loadEvents({ ids: [own.id], lane: "marketing" });
      expect(carried).toMatchObject({ kind: "replay", cursor: 1, position: origins[1]?.id });
      expect(await store.dueEvents({ lane: "transactional", now: corner.at, limit: 1000 })).toEqual(
        expect.arrayContaining(idsOf(made)),
      );
      const generations = await store.generationsOf({ environmentId, id: origins[0]?.id ?? "", limit: 10 });
      expect(generations).toEqual([{ id: made[0]?.id, origin: origins[0]?.id, replay: own.id, generation: 1 }]);
      expect(await store.generationsOf({ environmentId, id: made[0]?.id ?? "", limit: 10 })).toEqual(generations);
      const elsewhere = corner.otherEnvironmentId;
      expect(await store.generationsOf({ environmentId: elsewhere, id: made[0]?.id ?? "", limit: 10 })).toEqual([]);
      expect(await store.getReplay({ environmentId: elsewhere, id: own.id, sinceMinute: 0 })).toBeUndefined();
      expect(await store.getReplay({ environmentId, id: made[0]?.id ?? "", sinceMinute: 0 })).toBeUndefined();
    });

    test("is listed newest first in its environment", async () => {
      const corner = await open();
      const [a, b] = [await replay(corner), await replay(corner)];
      const list = async (environmentId: number, before: string, limit: number) =>
        idsOf(await corner.store.listReplays({ environmentId, before, limit }));
      expect(await list(corner.environmentId, "", 10)).toEqual([b.id, a.id]);
      expect(await list(corner.environmentId, b.id, 1)).toEqual([a.id]);
      expect(await list(corner.otherEnvironmentId, "", 10)).toEqual([]);
    });

    test("is canceled with what it has made, part by part, and with nothing else", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const origins = [];
      for (let index = 0; index < 3; index += 1) origins.push(await corner.accepted());
      const own = await replay(corner);
      const [taken, open1, open2] = origins.map((origin) => replayed(corner, origin));
      if (taken === undefined || open1 === undefined || open2 === undefined) throw new RangeError("few");
      await store.commitEvents({ turns: [turnOf(corner, own, [taken, open1, open2], "1")].map(withPlace(origins[2])) });
      const messages = times(2, () => corner.message({ eventId: taken.id }));
      await store.commitEvents({ turns: [corner.turn(corner.event(taken), { messages })] });
      const cancel = (after: string) => store.cancelReplay({ environmentId, id: own.id, after, limit: 2, now: at + 1 });
      const elsewhere = { environmentId: corner.otherEnvironmentId, id: own.id, after: "", limit: 2, now: at };
      expect(await store.cancelReplay(elsewhere)).toEqual({ events: 0, runs: 0, messages: 0, next: undefined });
      const first = await cancel("");
      expect(first).toEqual({ events: 2, runs: 0, messages: 2, next: open1.id });
      expect(await cancel(first.next ?? "")).toEqual({ events: 1, runs: 0, messages: 0, next: undefined });
      expect(await cancel("")).toMatchObject({ events: 0, runs: 0, messages: 0 });
      const found = await store.getReplay({ environmentId, id: own.id, sinceMinute: 0 });
      expect(found?.row).toMatchObject({ canceledAt: at + 1, eventState: "canceled" });
      const { events } = await store.pastEvents(query(corner));
      expect(events.map(({ state }) => state)).toEqual(["accepted", "accepted", "accepted"]);
      expect(await store.commitEvents({ turns: [turnOf(corner, own, [], null)] })).toEqual([{ status: "lost" }]);
    });
  });
}

const withPlace =
  (origin: NewEvent | undefined) =>
  (turn: EventTurn): EventTurn => ({
    ...turn,
    progress: { kind: "continue", cursor: 1, position: origin?.id ?? null },
  });
