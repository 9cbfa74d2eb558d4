import { lanes } from "@tidings/contract/words";
import { describe, expect, test } from "vitest";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const hourMs = 3_600_000;
type Place = { tenant?: string; dueAt?: number };

/** Makes one piece of work of each kind, and finds those that are due: what holds for one must hold for all. */
const kinds = [
  {
    name: "events",
    make: async (corner: Corner, places: readonly Place[]) => {
      const events = places.map((place) => corner.event(place));
      await corner.store.acceptEvents({ events });
      return events.map(({ id }) => id);
    },
    due: (corner: Corner, now: number, limit: number) => corner.store.dueEvents({ lane: "transactional", now, limit }),
  },
  {
    name: "runs",
    make: async (corner: Corner, places: readonly Place[]) => {
      const event = await corner.accepted({ lane: "marketing" });
      const runs = places.map((place) => corner.run({ eventId: event.id, ...place }));
      await corner.store.commitEvents({ turns: [corner.turn(event, { runs })] });
      return runs.map(({ id }) => id);
    },
    due: (corner: Corner, now: number, limit: number) => corner.store.dueRuns({ lane: "transactional", now, limit }),
  },
  {
    name: "messages",
    make: async (corner: Corner, places: readonly Place[]) => {
      const event = await corner.accepted({ lane: "marketing" });
      const messages = places.map((place) => corner.message({ eventId: event.id, ...place }));
      await corner.store.commitEvents({ turns: [corner.turn(event, { messages })] });
      return messages.map(({ id }) => id);
    },
    due: (corner: Corner, now: number, limit: number) => corner.dueMessages({ now, limit }),
  },
];

export function dueConformance(open: OpenCorner): void {
  describe.each(kinds)("due $name", ({ make, due }) => {
    test("are found from their due time on, and not before", async () => {
      const corner = await open();
      const [soon, later] = await make(corner, [{ dueAt: corner.at + 1000 }, { dueAt: corner.at + 2000 }]);
      expect(await due(corner, corner.at + 999, 10)).toEqual([]);
      expect(await due(corner, corner.at + 1000, 10)).toEqual([soon]);
      expect(await due(corner, corner.at + 5000, 10)).toEqual([soon, later]);
    });

    test("are never more than were asked for", async () => {
      const corner = await open();
      await make(
        corner,
        times(40, (index) => ({ tenant: `t${index % 7}` })),
      );
      for (const limit of [1, 5, 10, 39]) expect(await due(corner, corner.at, limit)).toHaveLength(limit);
    });

    test("come from every tenant in equal shares, each tenant's oldest first", async () => {
      const corner = await open();
      const flood = times(100, (index) => ({ tenant: "flood", dueAt: corner.at - 1000 + index }));
      const trickle = times(3, (index) => ({ tenant: "trickle", dueAt: corner.at - index }));
      const ids = await make(corner, [...flood, ...trickle]);
      const found = await due(corner, corner.at, 6);
      expect(new Set(found)).toEqual(new Set([...ids.slice(0, 3), ...ids.slice(100)]));
      expect(found.filter((id) => ids.indexOf(id) < 100)).toEqual(ids.slice(0, 3));
    });

    test("of several tenants take turns", async () => {
      const corner = await open();
      const ids = await make(
        corner,
        times(30, (index) => ({ tenant: `t${index % 3}` })),
      );
      const found = await due(corner, corner.at, 30);
      for (const start of times(10, (index) => index * 3)) {
        const tenants = found.slice(start, start + 3).map((id) => ids.indexOf(id) % 3);
        expect(new Set(tenants).size).toBe(3);
      }
    });

    test("fill the look even where other tenants have few, or only timers", async () => {
      const corner = await open();
      const timers = times(30, (index) => ({ tenant: `timer${index}`, dueAt: corner.at + hourMs }));
      const few = times(5, (index) => ({ tenant: `few${index}` }));
      await make(corner, [...timers, ...few, ...times(60, () => ({ tenant: "flood" }))]);
      expect(await due(corner, corner.at, 50)).toHaveLength(50);
      expect(await due(corner, corner.at, 500)).toHaveLength(65);
    });

    test("are found behind any number of tenants that have only timers", async () => {
      const corner = await open();
      const timers = times(300, (index) => ({ tenant: `a${index}`, dueAt: corner.at + hourMs }));
      const ids = await make(corner, [...timers, { tenant: "z" }]);
      expect(await due(corner, corner.at, 10)).toEqual(ids.slice(300));
    });

    test("are found of hundreds of tenants in one look", async () => {
      const corner = await open();
      const ids = await make(
        corner,
        times(300, (index) => ({ tenant: `t${index}` })),
      );
      expect(new Set(await due(corner, corner.at, 500))).toEqual(new Set(ids));
    });

    test("are found of every tenant, a few looks on, where there are more of them than one look takes", async () => {
      const corner = await open();
      const ids = await make(
        corner,
        times(90, (index) => ({ tenant: `t${index}` })),
      );
      const found = new Set<string>();
      for (const _ of times(11, (look) => look)) for (const id of await due(corner, corner.at, 10)) found.add(id);
      expect(found).toEqual(new Set(ids));
    });
  });

  describe("due work", () => {
    test.each(lanes)("of the lane %s is found in it alone", async (lane) => {
      const corner = await open();
      const event = await corner.accepted({ lane });
      const message = await corner.queued({ lane });
      const run = await corner.waiting({ lane });
      for (const other of lanes) {
        const query = { lane: other, now: corner.at, limit: 10 };
        expect(await corner.store.dueEvents(query)).toEqual(other === lane ? [event.id] : []);
        expect(await corner.store.dueRuns(query)).toEqual(other === lane ? [run.id] : []);
        expect(await corner.dueMessages(query)).toEqual(other === lane ? [message.id] : []);
      }
      expect(await corner.dueMessages({ lane, channel: "sms" })).toEqual([]);
    });

    test("a part of an event that another lane continues is found however many events wait before it", async () => {
      const corner = await open();
      const event = await corner.accepted({ lane: "critical" });
      await corner.store.commitEvents({
        turns: [corner.turn(event, { otherLanes: ["marketing"], now: corner.at + 5 })],
      });
      await corner.store.acceptEvents({ events: times(50, () => corner.event({ lane: "marketing" })) });
      expect(await corner.store.dueEvents({ lane: "marketing", now: corner.at + 5, limit: 10 })).toContain(event.id);
      expect(await corner.store.dueEvents({ lane: "marketing", now: corner.at + 5, limit: 100 })).toHaveLength(51);
    });

    test("a message under way is due again when its lease is over, or at once for another process", async () => {
      const corner = await open();
      const message = await corner.sending();
      expect(await corner.dueMessages({ now: corner.at + 39_999 })).toEqual([]);
      expect(await corner.dueMessages({ now: corner.at + 40_000 })).toEqual([message.id]);
      expect(await corner.dueMessages({ node: "elsewhere" })).toEqual([message.id]);
    });
  });
}
