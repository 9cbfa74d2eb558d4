import { describe, expect, test } from "vitest";
import type { SunsetClaim } from "../../domain/sunset.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import { claimOf } from "./attention.conformance.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";
import type { MessageFields } from "./rows.conformance.ts";

const dayMs = 86_400_000;
const claim: SunsetClaim = {
  afterMs: 5 * dayMs,
  graceMs: 0,
  consentAt: null,
  ask: { template: "still-there", templateVersion: 7 },
  detail: "news: 5 days",
};

export function sunsetConformance(open: OpenCorner): void {
  /** A message of an event and a run of its own, so many days on. */
  const make = (
    corner: Corner,
    days: number,
    over: MessageFields = {},
    sunset: Partial<SunsetClaim> = {},
  ): NewMessage => {
    const at = corner.at + days * dayMs;
    const fields = {
      runId: corner.id(),
      createdAt: at,
      dueAt: at,
      lane: "marketing" as const,
      category: "news",
      ...over,
    };
    return { ...corner.message(fields), sunset: { ...claim, ...sunset } };
  };
  const commit = async (corner: Corner, messages: NewMessage[]) => {
    const turns = await Promise.all(
      messages.map(async (message) => {
        const event = await corner.accepted({ lane: "marketing", environmentId: message.origin.environmentId });
        const own = { ...message, eventId: event.id };
        return corner.turn(event, { messages: [own], now: message.createdAt });
      }),
    );
    const results = await Promise.all(turns.map((turn) => corner.store.commitEvents({ turns: [turn] })));
    return results.flat().map((result) => (result.status === "committed" ? result.held : undefined));
  };
  const outcome = async (corner: Corner, message: NewMessage) => {
    const [held] = await commit(corner, [message]);
    return held?.[0]?.status ?? "sent";
  };

  describe("a message of a category with a sunset", () => {
    test("goes out while somebody may yet answer, is a question once they did not, and then is not made", async () => {
      const corner = await open();
      expect(await outcome(corner, make(corner, 0))).toBe("sent");
      expect(await outcome(corner, make(corner, 4.9))).toBe("sent");
      const question = make(corner, 5);
      expect(await outcome(corner, question)).toBe("deferred");
      const { id } = question;
      const row = await corner.row({ id });
      expect(row).toMatchObject({ state: "queued", template: "still-there" });
      expect(JSON.stringify(row)).toContain("sunset_asked");
      const late = make(corner, 6);
      const event = await corner.accepted({ lane: "marketing" });
      const turn = corner.turn(event, { messages: [{ ...late, eventId: event.id }] });
      expect(await corner.store.commitEvents({ turns: [turn] })).toMatchObject([
        { status: "committed", held: [{ id: late.id, status: "dropped", reason: "sunset" }] },
      ]);
      const { environmentId } = corner;
      const shown = await corner.store.getEvent({ environmentId, id: event.id, limit: 10 });
      expect(shown?.messages).toEqual([]);
      expect(shown?.decisions).toMatchObject([{ outcome: "not_sent", reason: "sunset", detail: "news: 5 days" }]);
    });

    test.each(["opened", "clicked", "read"] as const)("goes out again once they have %s one", async (kind) => {
      const corner = await open();
      const first = make(corner, 0);
      await commit(corner, [first]);
      expect(await outcome(corner, make(corner, 5))).toBe("deferred");
      expect(await outcome(corner, make(corner, 6))).toBe("dropped");
      const at = corner.at + 6.5 * dayMs;
      await corner.store.recordFeedback({ reports: [corner.report(first, { kind, at })], now: at });
      expect(await outcome(corner, make(corner, 7))).toBe("sent");
      expect(await outcome(corner, make(corner, 11.9))).toBe("sent");
      expect(await outcome(corner, make(corner, 12))).toBe("deferred");
    });

    test("goes out again once they agreed anew", async () => {
      const corner = await open();
      await commit(corner, [make(corner, 0)]);
      await commit(corner, [make(corner, 5)]);
      const consentAt = corner.at + 6 * dayMs;
      expect(await outcome(corner, make(corner, 7, {}, { consentAt: corner.at - 1 }))).toBe("dropped");
      expect(await outcome(corner, make(corner, 7, {}, { consentAt }))).toBe("sent");
    });

    test("is of its recipient, category and environment alone", async () => {
      const corner = await open();
      await commit(corner, [make(corner, 0)]);
      await commit(corner, [make(corner, 5)]);
      expect(await outcome(corner, make(corner, 6, { recipient: "u2" }))).toBe("sent");
      expect(await outcome(corner, make(corner, 6, { category: "offers" }))).toBe("sent");
      const environmentId = corner.otherEnvironmentId;
      expect(await outcome(corner, make(corner, 6, { environmentId }))).toBe("sent");
      expect(await outcome(corner, make(corner, 6))).toBe("dropped");
    });

    test("asks once, however many come at once", async () => {
      const corner = await open();
      await commit(corner, [make(corner, 0)]);
      const held = await commit(
        corner,
        times(8, () => make(corner, 5)),
      );
      expect(
        held
          .flat()
          .map((one) => one?.status)
          .sort(),
      ).toEqual(["deferred", ...times(7, () => "dropped")]);
    });

    test("asks another time where a cap kept the question back", async () => {
      const corner = await open();
      await commit(corner, [make(corner, 0)]);
      const capped = make(corner, 5, { claim: claimOf({ limit: 1, windowSeconds: 60 }) });
      const before = make(corner, 4.9999, { claim: claimOf({ limit: 1, windowSeconds: 60 }) });
      await commit(corner, [before]);
      expect(await outcome(corner, capped)).toBe("dropped");
      const { id } = make(corner, 5.5);
      expect(await outcome(corner, { ...make(corner, 5.5), id })).toBe("deferred");
    });

    test("is forgotten with its recipient", async () => {
      const corner = await open();
      await corner.store.putRecipient({ recipient: corner.recipient() });
      await commit(corner, [make(corner, 0)]);
      await commit(corner, [make(corner, 5)]);
      await corner.store.deleteRecipient({ environmentId: corner.environmentId, id: "u1" });
      expect(await outcome(corner, make(corner, 6))).toBe("sent");
    });
  });
}
