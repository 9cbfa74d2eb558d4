import { describe, expect, test } from "vitest";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { EventTurn } from "../../ports/store/orchestrate.ts";
import type { Corner, OpenCorner } from "./corner.conformance.ts";

const campaign = (corner: Corner): Promise<NewEvent> =>
  corner.accepted({
    cancellationHash: `stop ${corner.id()}`,
    campaign: { name: "Autumn", document: "{}", countedTopics: [], named: 2 },
  });

const replay = (corner: Corner): Promise<NewEvent> =>
  corner.accepted({ kind: "replay", name: "tidings.replay", replayed: { document: "{}" } });

const turn = (corner: Corner, event: NewEvent, over: Partial<EventTurn> = {}): EventTurn =>
  corner.turn(event, { progressed: { looked: 2, recipients: 2 }, ...over });

/** Of each kind one that is over, and campaigns that are not. */
async function made(corner: Corner) {
  const [over, canceled, accepted, open, partly] = [
    await campaign(corner),
    await campaign(corner),
    await campaign(corner),
    await campaign(corner),
    await campaign(corner),
  ];
  const [replayed, replaying] = [await replay(corner), await replay(corner)];
  const message = { ...corner.message({ eventId: open.id }), expanded: true };
  message.origin = { ...message.origin, campaign: open.id };
  const sums = [
    { metric: "selected", value: 3 },
    { metric: "replayed", value: 3 },
  ];
  await corner.store.commitEvents({
    turns: [
      turn(corner, over),
      turn(corner, open, { messages: [message] }),
      turn(corner, partly, { otherLanes: ["marketing"] }),
      corner.turn(replayed, { replay: { events: [], sums } }),
    ],
  });
  const { store, environmentId, at: now } = corner;
  await store.cancelEvents({ environmentId, cancellationHash: canceled.cancellationHash ?? "", now });
  return { over, canceled, accepted, open, partly, replayed, replaying, message };
}

export function purgeCampaignsConformance(openCorner: OpenCorner): void {
  describe("old campaigns and replays", () => {
    const listed = async ({ store, environmentId }: Corner) => ({
      campaigns: (await store.listCampaigns({ environmentId, before: "", limit: 100 })).map(({ id }) => id).reverse(),
      replays: (await store.listReplays({ environmentId, before: "", limit: 100 })).map(({ id }) => id).reverse(),
    });
    /** How many rows each call took, until none is left. */
    const purge = async ({ store }: Corner, before: number, limit: number): Promise<number[]> => {
      const taken: number[] = [];
      do taken.push(await store.purgeCampaigns({ before, limit }));
      while (taken.at(-1) !== 0);
      return taken;
    };

    test("are purged with their sums once they are over, a bounded number of rows at a time", async () => {
      const corner = await openCorner();
      const { over, canceled, accepted, open, partly, replayed, replaying, message } = await made(corner);
      const all = await listed(corner);
      expect(await purge(corner, corner.at, 100)).toEqual([0]);
      expect(await listed(corner)).toEqual(all);
      const taken = await purge(corner, corner.at + 1, 2);
      expect(Math.max(...taken)).toBe(2);
      // Three rows, two sums of the campaign and two of the replay.
      expect(taken.reduce((sum, rows) => sum + rows, 0)).toBe(7);
      expect(await listed(corner)).toEqual({ campaigns: [accepted.id, open.id, partly.id], replays: [replaying.id] });
      const { store, environmentId } = corner;
      for (const { id } of [over, canceled])
        expect(await store.getCampaign({ environmentId, id, sinceMinute: 0 })).toBeUndefined();
      expect(await store.getReplay({ environmentId, id: replayed.id, sinceMinute: 0 })).toBeUndefined();
      const kept = await store.getCampaign({ environmentId, id: open.id, sinceMinute: 0 });
      expect(kept?.counts.map(({ metric }) => metric)).toEqual(expect.arrayContaining(["looked", "queued"]));

      await corner.start(message);
      await corner.record(message);
      await purge(corner, corner.at + 1, 100);
      expect((await listed(corner)).campaigns).toEqual([accepted.id, partly.id]);
    });
  });
}
