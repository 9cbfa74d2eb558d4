import { describe, expect, test } from "vitest";
import { type FeedbackKind, feedbackKinds } from "../../domain/feedback.ts";
import type { FeedbackReport } from "../../ports/store/feedback.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import type { Corner, OpenCorner } from "./corner.conformance.ts";

/** Where messages stand when reports come. */
const starts = ["queued", "sending", "sent", "failed", "unknown", "dead", "expired"] as const;

async function messageIn(corner: Corner, state: (typeof starts)[number], addressHash: string): Promise<NewMessage> {
  const message = await corner.queued({ addressHash });
  if (state === "queued") return message;
  await corner.start(message);
  if (state === "sending") return message;
  const after =
    state === "sent" ? { state } : state === "dead" ? { state, reason: "r", detail: "" } : { state, reason: "r" };
  await corner.record(message, { after, outcome: "unknown" });
  return message;
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

export function feedbackConformance(open: OpenCorner): void {
  const sets: [string, Partial<FeedbackReport>[]][] = [
    [
      "all the ends",
      [
        { kind: "failed", at: 10, code: "f" },
        { kind: "delivered", at: 20, code: "d" },
        { kind: "bounced", at: 30, code: "b" },
      ],
    ],
    [
      "one end reported with several times and codes",
      [
        { kind: "bounced", at: 30, code: "x" },
        { kind: "bounced", at: 10, code: "z" },
        { kind: "bounced", at: 10, code: "y" },
        { kind: "failed", at: 1, code: "f" },
      ],
    ],
    [
      "two ends of one rank",
      [
        { kind: "failed", at: 30, code: "f" },
        { kind: "soft_bounced", at: 10, code: "z" },
        { kind: "soft_bounced", at: 10, code: "y" },
        { kind: "failed", at: 20, code: "f" },
      ],
    ],
    [
      "what moves nothing, beside what does",
      [
        { kind: "unsubscribed", at: 1 },
        { kind: "complained", at: 2 },
        { kind: "soft_bounced", at: 3 },
        { kind: "delivered", at: 4 },
      ],
    ],
    [
      "times beside an end",
      [
        { kind: "opened", at: 40 },
        { kind: "opened", at: 30 },
        { kind: "delivered", at: 20 },
        { kind: "clicked", at: 50 },
      ],
    ],
    [
      "times alone",
      [
        { kind: "read", at: 7 },
        { kind: "complained", at: 8 },
        { kind: "complained", at: 6 },
        { kind: "opened", at: 5 },
      ],
    ],
  ];

  describe("feedback", () => {
    test.each(sets)("of %s gives the same row in every order, once or twice", async (_, reports) => {
      const corner = await open();
      const orders = permutations(reports);
      const rowAfter = async (state: (typeof starts)[number], order: typeof reports, number: number) => {
        const message = await messageIn(corner, state, `${state}_${number}`);
        const shuffled = order.map((report) => corner.report(message, report));
        // Every second order comes one report per call, the others in one call, and doubled.
        const calls = number % 2 === 0 ? shuffled.map((report) => [report]) : [[...shuffled, ...shuffled.toReversed()]];
        for (const call of calls) await corner.store.recordFeedback({ reports: call, now: corner.at });
        return JSON.stringify({ ...(await corner.row(message)), id: "", eventId: "", addressHash: "" });
      };
      for (const state of starts) {
        const rows = await Promise.all(orders.map((order, number) => rowAfter(state, order, number)));
        expect([state, ...new Set(rows)]).toHaveLength(2);
      }
    });

    test.each([
      ["unknown", "failed", "failed"],
      ["unknown", "delivered", "delivered"],
      ["sent", "failed", "failed"],
      ["sent", "bounced", "bounced"],
      ["sent", "soft_bounced", "failed"],
      ["sending", "soft_bounced", "failed"],
      ["dead", "soft_bounced", "dead"],
      ["sent", "unsubscribed", "sent"],
      ["failed", "delivered", "delivered"],
      ["failed", "bounced", "bounced"],
      ["queued", "delivered", "delivered"],
      ["sending", "failed", "failed"],
      ["dead", "delivered", "dead"],
      ["expired", "bounced", "expired"],
      ["sent", "opened", "sent"],
      ["unknown", "complained", "unknown"],
    ] as const)("moves %s by %s to %s", async (state, kind, expected) => {
      const corner = await open();
      const message = await messageIn(corner, state, "h");
      expect(
        await corner.store.recordFeedback({ reports: [corner.report(message, { kind, code: "c" })], now: corner.at }),
      ).toBe(1);
      const row = await corner.row(message);
      expect(row.state).toBe(expected);
      expect(row.openedAt).toBe(kind === "opened" ? corner.at + 100 : null);
      expect(row.complainedAt).toBe(kind === "complained" ? corner.at + 100 : null);
    });

    test("never moves a delivered message down", async () => {
      const corner = await open();
      const message = await messageIn(corner, "sent", "h");
      await corner.store.recordFeedback({ reports: [corner.report(message)], now: corner.at });
      await corner.store.recordFeedback({ reports: [corner.report(message, { kind: "failed" })], now: corner.at });
      expect(await corner.row(message)).toMatchObject({ state: "delivered", deliveredAt: corner.at + 100 });
    });

    test("that a message arrived ends its retry, and the outcome that comes later is evidence", async () => {
      const corner = await open();
      const retried = await corner.sending();
      await corner.record(retried, { outcome: "unknown", after: { state: "queued", dueAt: corner.at + 60 } });
      const open1 = await corner.sending();
      await corner.store.recordFeedback({ reports: [corner.report(retried), corner.report(open1)], now: corner.at });
      expect(await corner.dueMessages({ now: corner.at + 100_000, node: "elsewhere" })).toEqual([]);
      expect(await corner.start(retried, { number: 2, at: corner.at + 60 })).toBe("lost");
      expect(await corner.record(open1)).toBe("fenced");
      expect(await corner.row(open1)).toMatchObject({
        state: "delivered",
        sentAt: corner.at + 50,
        attempts: [{ outcome: "accepted" }],
      });
    });

    test.each(["bounced", "complained"] as const)(
      "that says %s suppresses the address for everything, on its channel and in its environment",
      async (kind) => {
        const corner = await open();
        const message = await messageIn(corner, "sent", "h");
        await corner.store.recordFeedback({ reports: [corner.report(message, { kind })], now: corner.at });
        expect(await corner.start(await corner.queued({ addressHash: "h", lane: "critical" }))).toBe("suppressed");
        expect(await corner.start(await corner.queued({ addressHash: "h", channel: "sms" }))).toBe("started");
        expect(
          await corner.start(await corner.queued({ addressHash: "h", environmentId: corner.otherEnvironmentId })),
        ).toBe("started");
      },
    );

    test("that bounced and complained keeps the weightier reason, and what somebody suppressed by hand stays theirs", async () => {
      const corner = await open();
      const { store, environmentId, at: now } = corner;
      const byHand = { channel: "email", addressHash: "hand", scope: "everything", value: "", createdAt: 1 } as const;
      await store.addSuppressions({ environmentId, suppressions: [{ ...byHand, reason: "manual" }] });
      const kinds = ["bounced", "complained"] as const;
      for (const [hash, order] of [
        ["one", kinds],
        ["two", kinds.toReversed()],
        ["hand", kinds],
      ] as const) {
        const message = await messageIn(corner, "sent", hash);
        for (const kind of order) await store.recordFeedback({ reports: [corner.report(message, { kind })], now });
        await store.recordFeedback({ reports: order.map((kind) => corner.report(message, { kind })), now });
      }
      const { items } = await store.listSuppressions({ environmentId, after: undefined, limit: 10 });
      expect(items.map(({ addressHash, reason }) => `${addressHash} ${reason}`)).toEqual([
        "hand manual",
        "one complained",
        "two complained",
      ]);
    });

    test("counts each kind once for a message, in any order, and no end that the attempts came to", async () => {
      const minuteMs = 60_000;
      const counted = async (state: (typeof starts)[number], order: readonly FeedbackKind[]) => {
        const corner = await open();
        const message = await messageIn(corner, state, "h");
        const now = corner.at + 10 * minuteMs;
        const reports = order.map((kind, index) => corner.report(message, { kind, at: index }));
        for (const report of reports) await corner.store.recordFeedback({ reports: [report], now });
        await corner.store.recordFeedback({ reports: [...reports, ...reports], now });
        const fromMinute = Math.floor(now / minuteMs);
        const sums = await corner.store.recentSums({ fromMinute, toMinute: fromMinute + 1 });
        return sums.map(({ metric, value }) => `${metric} ${value}`).toSorted();
      };
      const all = feedbackKinds.map((kind) => `${kind} 1`).toSorted();
      expect(await counted("sent", feedbackKinds)).toEqual(all);
      expect(await counted("sent", feedbackKinds.toReversed())).toEqual(all);
      // What a provider tells about, it had: it was sent, which nobody had counted.
      const withSent = (sums: readonly string[]) => [...sums, "sent 1"].toSorted();
      expect(await counted("queued", feedbackKinds)).toEqual(withSent(all));
      const others = all.filter((sum) => sum !== "failed 1");
      expect(await counted("failed", feedbackKinds)).toEqual(withSent(others));
      expect(await counted("failed", feedbackKinds.toReversed())).toEqual(withSent(others));
      const noEnds = others.filter((sum) => !/bounced/.test(sum));
      expect(await counted("dead", feedbackKinds)).toEqual(noEnds);
    });

    test("about unknown messages, or another environment's, changes nothing and is counted out", async () => {
      const corner = await open();
      const message = await messageIn(corner, "sent", "h");
      const reports = [
        corner.report({ id: corner.id() }),
        corner.report(message, { environmentId: corner.otherEnvironmentId, kind: "bounced" }),
      ];
      expect(await corner.store.recordFeedback({ reports, now: corner.at })).toBe(0);
      expect((await corner.row(message)).state).toBe("sent");
      expect(
        await corner.start(await corner.queued({ addressHash: "h", environmentId: corner.otherEnvironmentId })),
      ).toBe("started");
    });
  });
}
