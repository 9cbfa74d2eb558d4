import { describe, expect, test } from "vitest";
import { answerWindowMs, keywordReason } from "../../domain/keyword-answer.ts";
import type { SuppressionRow } from "../../domain/suppression.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";
import type { MessageFields } from "./rows.conformance.ts";

const address = { channel: "sms", addressHash: "number" } as const;
const key = { ...address, scope: "sender", value: "main" } as const;
const perHourMax = 3;

/** STOP or START, said and heard at `at`. */
async function say({ store, environmentId }: Corner, stops: boolean, at: number, id = `m${at}`, now = at) {
  const answer = { id, perHourMax };
  return (await store.recordKeyword({ environmentId, key, stops, at, reason: keywordReason, now, answer })).answer;
}

const help = (
  { store, environmentId }: Corner,
  id: string,
  now: number,
  over: { addressHash?: string; sender?: string } = {},
) => store.claimAnswer({ environmentId, sender: "main", ...address, ...over, claim: { id, perHourMax }, now });

/** How a message by `main` to the number fares, both where it waits and where it is to start with its insert. */
async function fates(corner: Corner, fields: MessageFields): Promise<(string | undefined)[]> {
  const of = { ...address, lane: "transactional", ...fields } as const;
  const waiting = await corner.start(await corner.queued(of), { integration: "main" });
  const event = await corner.accepted();
  const message = corner.message({ eventId: event.id, ...of, start: corner.call({ integration: "main" }) });
  const [result] = await corner.store.commitEvents({ turns: [corner.turn(event, { messages: [message] })] });
  if (result?.status !== "committed") throw new Error("the turn was lost");
  return [waiting, result.held[0]?.status ?? "started"];
}

const suppress = (corner: Corner, over: Partial<SuppressionRow>) =>
  corner.store.addSuppressions({
    environmentId: corner.environmentId,
    suppressions: [
      { ...address, scope: "everything", value: "", reason: "hard_bounce", createdAt: corner.at, ...over },
    ],
  });

export function keywordAnswersConformance(open: OpenCorner): void {
  describe("answers to words", () => {
    test("are given to the word that changed something, once, however often it is told", async () => {
      const corner = await open();
      const first = { id: "m10", at: 10, stoppedAt: 10 };
      expect(await say(corner, true, 10)).toEqual(first);
      expect(await say(corner, true, 10, "m10", 99)).toEqual(first);
      expect(await say(corner, true, 20)).toBeUndefined();
      expect(await say(corner, false, 30)).toEqual({ id: "m30", at: 30, stoppedAt: null });
      expect(await say(corner, true, 10, "m10", 31)).toBeUndefined();
      expect(await say(corner, false, 40)).toBeUndefined();
      expect(await say(corner, true, 50)).toEqual({ id: "m50", at: 50, stoppedAt: 50 });
    });

    test("to one number are no more in an hour than may be, and each message that came in has its own", async () => {
      const corner = await open();
      const given = await Promise.all(times(6, (index) => help(corner, `h${index % 4}`, 100)));
      const ids = new Set(given.flatMap((answer) => answer?.id ?? []));
      expect(ids.size).toBe(perHourMax);
      expect(await say(corner, true, 200)).toBeUndefined();
      expect(await help(corner, "another", 200, { addressHash: "other" })).toBeDefined();
      expect(await help(corner, "late", 99 + answerWindowMs)).toBeUndefined();
      expect(await help(corner, "later", 100 + answerWindowMs)).toBeDefined();
    });

    test("that confirm a STOP start although its suppression is there; nothing else does", async () => {
      const corner = await open();
      await say(corner, true, 10);
      expect(await fates(corner, { confirmsStop: 10 })).toEqual(["started", "started"]);
      expect(await fates(corner, {})).toEqual(["suppressed", "suppressed"]);
      expect(await fates(corner, { lane: "critical" })).toEqual(["suppressed", "suppressed"]);
      expect(await fates(corner, { confirmsStop: 9 })).toEqual(["suppressed", "suppressed"]);
      await say(corner, false, 20);
      await say(corner, true, 30);
      expect(await fates(corner, { confirmsStop: 10 })).toEqual(["suppressed", "suppressed"]);
    });

    test.each([
      ["a hard bounce", {}],
      ["a class", { scope: "class", value: "transactional" }],
      ["a category", { scope: "category", value: "orders" }],
    ] as const)("that confirm a STOP are stopped by another suppression: %s", async (_, over) => {
      const corner = await open();
      await say(corner, true, 10);
      await suppress(corner, { ...over, reason: keywordReason, createdAt: 10 });
      expect(await fates(corner, { confirmsStop: 10 })).toEqual(["suppressed", "suppressed"]);
    });

    test("to who asks for help after a STOP pass the STOP that is in force for the sender, and none by hand", async () => {
      const corner = await open();
      await say(corner, true, 10);
      expect(await help(corner, "h1", 20)).toEqual({ id: "h1", at: 20, stoppedAt: 10 });
      expect(await help(corner, "h2", 21, { sender: "another" })).toMatchObject({ stoppedAt: null });
      const byHand = await open();
      await suppress(byHand, { scope: "sender", value: "main", reason: "manual", createdAt: 10 });
      expect(await help(byHand, "h3", 20)).toMatchObject({ stoppedAt: null });
    });

    test("of a number that was suppressed for the sender by hand before confirm nothing", async () => {
      const corner = await open();
      await suppress(corner, { scope: "sender", value: "main", reason: "manual", createdAt: 10 });
      expect(await say(corner, true, 10)).toBeUndefined();
      expect(await fates(corner, { confirmsStop: 10 })).toEqual(["suppressed", "suppressed"]);
    });
  });
}
