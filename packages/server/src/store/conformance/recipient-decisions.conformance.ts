import { describe, expect, test } from "vitest";
import type { DecisionEntry, DecisionQuery } from "../../ports/store/decisions.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const dayMs = 86_400_000;

export function recipientDecisionsConformance(open: OpenCorner): void {
  /** Follows the cursor to the end; each entry by its message's id, or its decision's detail. */
  const listAll = async (corner: Corner, query: Partial<DecisionQuery> = {}): Promise<string[]> => {
    const found: string[] = [];
    let before: string | undefined = "";
    for (let pages = 0; before !== undefined && pages < 200; pages += 1) {
      const input: DecisionQuery = { environmentId: corner.environmentId, recipient: "u1", before, limit: 3, ...query };
      const page = await corner.store.listDecisions(input);
      expect(page.items.length).toBeLessThanOrEqual(input.limit);
      found.push(...page.items.map(nameOf));
      before = page.next;
    }
    expect(before).toBeUndefined();
    return found;
  };
  const nameOf = (entry: DecisionEntry) => ("message" in entry ? entry.message.id : entry.decision.detail);

  describe("decisions of a recipient", () => {
    test("come newest first, sent and not sent by the time at which they were decided, in pages that leave nothing out and repeat nothing", async () => {
      const corner = await open();
      const event = await corner.accepted();
      // Hours and days apart, some at one moment, and made in another order than they were decided in.
      const ages = [3 * dayMs, 0, 1, 5, 5, 5, 6 * 3_600_000, dayMs];
      const messages = ages.map((age) => corner.message({ eventId: event.id, createdAt: corner.at - age }));
      const decisions = ages.map((age, index) =>
        corner.decision({ eventId: event.id, at: corner.at - age, detail: `d${index}` }),
      );
      await corner.store.commitEvents({ turns: [corner.turn(event, { messages, decisions })] });
      const placed = [
        ...messages.map(({ id, createdAt }) => ({ name: id, at: createdAt, kind: 0 })),
        ...decisions.map(({ detail, at }) => ({ name: detail, at, kind: 1 })),
      ];
      const expected = placed
        .toSorted((a, b) => b.at - a.at || a.kind - b.kind || (a.name < b.name ? 1 : -1))
        .map(({ name }) => name);
      expect(await listAll(corner)).toEqual(expected);
      expect(await listAll(corner, { limit: 1 })).toEqual(expected);
      expect(await listAll(corner, { limit: 100 })).toEqual(expected);
    });

    test("are found by category, workflow, channel, outcome and event", async () => {
      const corner = await open();
      const deferred = `[{"outcome":"send","reason":"workflow_step","at":1},{"outcome":"deferred","reason":"quiet_hours","at":1}]`;
      const [mail, sms] = await corner.queuedAll([
        { category: "orders", workflow: "shipped", decisions: deferred },
        { channel: "sms", category: "news", workflow: "digest", decisions: `[{"outcome":"send","at":1}]` },
      ]);
      const event = await corner.accepted();
      const decisions = [
        corner.decision({ eventId: event.id, detail: "a", category: "orders", at: corner.at - 1 }),
        corner.decision({ eventId: event.id, detail: "b", category: "news", workflow: "digest", at: corner.at - 2 }),
        corner.decision({ eventId: event.id, detail: "c", outcome: "not_started", channel: "", at: corner.at - 3 }),
      ];
      await corner.store.commitEvents({ turns: [corner.turn(event, { decisions })] });
      if (mail === undefined || sms === undefined) throw new RangeError("two messages");
      expect(await listAll(corner, { category: "orders" })).toEqual([mail.id, "a"]);
      expect(await listAll(corner, { workflow: "digest" })).toEqual([sms.id, "b"]);
      expect(await listAll(corner, { channel: "sms" })).toEqual([sms.id]);
      expect(await listAll(corner, { channel: "email" })).toEqual([mail.id, "a", "b"]);
      expect(await listAll(corner, { outcome: "deferred" })).toEqual([mail.id]);
      expect(await listAll(corner, { outcome: "not_sent" })).toEqual(["a", "b"]);
      expect(await listAll(corner, { outcome: "not_started" })).toEqual(["c"]);
      expect(await listAll(corner, { eventId: event.id })).toEqual(["a", "b", "c"]);
      expect(await listAll(corner, { eventId: corner.id() })).toEqual([]);
    });

    test("are those of one recipient in one environment", async () => {
      const corner = await open();
      await corner.queued({ recipient: "u2" });
      await corner.queued({ environmentId: corner.otherEnvironmentId });
      const event = await corner.accepted();
      const decisions = [
        corner.decision({ eventId: event.id, recipient: "", detail: "nobody" }),
        corner.decision({ eventId: event.id, recipient: "u2", detail: "another" }),
        corner.decision({ eventId: event.id, environmentId: corner.otherEnvironmentId, detail: "elsewhere" }),
      ];
      await corner.store.commitEvents({ turns: [corner.turn(event, { decisions })] });
      expect(await listAll(corner)).toEqual([]);
      const own = await corner.queued();
      expect(await listAll(corner)).toEqual([own.id]);
      expect(await listAll(corner, { recipient: "u2" })).toHaveLength(2);
    });

    test("of one who has many, a filter that few fit finds them all", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const decisions = times(6000, (index) =>
        corner.decision({ eventId: event.id, at: corner.at - index, detail: String(index), channel: "sms" }),
      );
      const rare = corner.decision({ eventId: event.id, at: corner.at - 9000, detail: "rare", channel: "push" });
      const sent = corner.message({ eventId: event.id, createdAt: corner.at - 8000, channel: "push" });
      const turn = corner.turn(event, { decisions: [...decisions, rare], messages: [sent] });
      await corner.store.commitEvents({ turns: [turn] });
      expect(await listAll(corner, { channel: "push" })).toEqual([sent.id, "rare"]);
    });
  });
}
