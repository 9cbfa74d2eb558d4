import { describe, expect, test } from "vitest";
import type { AttentionClaim } from "../../domain/attention.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { DedupeClaim, EventTurn, ThrottleClaim } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const capped: AttentionClaim = {
  caps: [{ level: "category", limit: 2, windowSeconds: 3600, over: "drop" }],
  isHigh: false,
  horizonMs: 86_400_000,
  entriesMax: 100,
  timing: null,
};

export function dryRunConformance(open: OpenCorner): void {
  const weigh = (corner: Corner, { dedupe, throttles, messages }: EventTurn) =>
    corner.store.weighTurn({ environmentId: corner.environmentId, dedupe, throttles, messages, attention: [] });
  const dedupeOf = (corner: Corner, eventId: string, runId: string): DedupeClaim => ({
    environmentId: corner.environmentId,
    hash: "order 1",
    runId,
    now: corner.at,
    expiresAt: corner.at + 1000,
    decision: corner.decision({ eventId, runId, reason: "deduplicated" }),
  });
  const throttleOf = (corner: Corner, eventId: string, runId: string): ThrottleClaim => ({
    environmentId: corner.environmentId,
    hash: "step 1",
    runId,
    limit: 1,
    windowMs: 1000,
    now: corner.at,
    decision: corner.decision({ eventId, runId, reason: "throttled" }),
  });
  /** Two runs that claim the same key, and two the same throttle, each with a message; and a recipient whose cap has two places. */
  const turnOf = (corner: Corner, event: NewEvent): EventTurn => {
    const runs = times(4, () => corner.id());
    const [a = "", b = "", c = "", d = ""] = runs;
    const of = { eventId: event.id };
    return corner.turn(event, {
      dedupe: [a, b].map((id) => dedupeOf(corner, event.id, id)),
      throttles: [c, d].map((id) => throttleOf(corner, event.id, id)),
      messages: [
        ...runs.map((runId) => corner.message({ ...of, runId })),
        ...times(3, () => corner.message({ ...of, recipient: "much", claim: capped })),
      ],
    });
  };

  describe("a turn that is weighed", () => {
    test("comes to what writing it comes to, as often as it is weighed", async () => {
      const corner = await open();
      for (let round = 0; round < 2; round += 1) {
        const event = await corner.accepted();
        const turn = turnOf(corner, event);
        const weighed = await weigh(corner, turn);
        expect(await weigh(corner, turn)).toEqual(weighed);
        const [written] = await corner.store.commitEvents({ turns: [turn] });
        if (written?.status !== "committed") throw new RangeError("the turn was lost");
        expect([...weighed.dropped].sort()).toEqual([...written.dropped].sort());
        const row = await corner.store.getEvent({ environmentId: corner.environmentId, id: event.id, limit: 100 });
        expect(weighed.messages.map(({ id }) => id).sort()).toEqual(row?.messages.map(({ id }) => id).sort());
        const reasons = row?.decisions.map(({ runId, reason }) => `${runId} ${reason}`);
        expect(weighed.decisions.map(({ runId, reason }) => `${runId} ${reason}`).sort()).toEqual(reasons?.sort());
        expect(weighed.decisions).toHaveLength(round === 0 ? 3 : 7);
      }
    });

    test("counts what the dry run has planned before it", async () => {
      const corner = await open();
      const messages = times(2, () => corner.message({ recipient: "much", claim: capped }));
      const input = { environmentId: corner.environmentId, dedupe: [], throttles: [] };
      const first = await corner.store.weighTurn({ ...input, messages, attention: [] });
      expect(first.messages).toHaveLength(2);
      const further = [corner.message({ recipient: "much", claim: capped })];
      const { attention } = first;
      const second = await corner.store.weighTurn({ ...input, messages: further, attention });
      expect(second.decisions.map(({ reason }) => reason)).toEqual(["cap_reached"]);
      expect((await corner.store.weighTurn({ ...input, messages: further, attention: [] })).messages).toHaveLength(1);
    });

    test("counts what a dry run holds itself, and nothing of the store's, where that is given", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const turn = turnOf(corner, event);
      await corner.store.commitEvents({ turns: [turn] });
      const later = turnOf(corner, await corner.accepted());
      const { dedupe, throttles, messages } = later;
      const input = { environmentId: corner.environmentId, dedupe, throttles, messages };
      const stored = await corner.store.weighTurn({ ...input, attention: [] });
      expect(stored.dropped).toHaveLength(4);
      const apart = await corner.store.weighTurn({ ...input, attention: [], held: { dedupe: [], throttles: [] } });
      expect(apart.dropped).toEqual([dedupe[1]?.runId, throttles[1]?.runId]);
      expect(apart.claims).toEqual({
        dedupe: [{ hash: "order 1", runId: dedupe[0]?.runId, expiresAt: corner.at + 1000 }],
        throttles: [{ hash: "step 1", passed: [[throttles[0]?.runId, corner.at]] }],
      });
      const again = turnOf(corner, await corner.accepted());
      const { attention, claims } = apart;
      const weighed = await corner.store.weighTurn({
        environmentId: corner.environmentId,
        dedupe: again.dedupe,
        throttles: again.throttles,
        messages: again.messages,
        attention,
        held: claims,
      });
      expect(weighed.dropped).toHaveLength(4);
      expect(weighed.decisions).toHaveLength(7);
    });

    test("names the messages whose address is suppressed for what they are", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      const suppression = { channel: "email", addressHash: "gone", reason: "test", createdAt: corner.at } as const;
      await store.addSuppressions({
        environmentId,
        suppressions: [{ ...suppression, scope: "class", value: "marketing" }],
      });
      const letter = corner.message({ addressHash: "gone", lane: "marketing" });
      const others = [
        corner.message({ addressHash: "gone", lane: "transactional" }),
        corner.message({ addressHash: "there", lane: "marketing" }),
        corner.message({ addressHash: "gone", lane: "marketing", environmentId: corner.otherEnvironmentId }),
      ];
      const messages = [letter, ...others];
      const { suppressed } = await store.weighTurn({
        environmentId,
        dedupe: [],
        throttles: [],
        messages,
        attention: [],
      });
      expect(suppressed).toEqual([letter.id]);
    });
  });
}
