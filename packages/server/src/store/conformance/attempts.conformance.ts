import { describe, expect, test } from "vitest";
import type { AfterAttempt } from "../../ports/store/deliver.ts";
import { type OpenCorner, times } from "./corner.conformance.ts";

export function attemptsConformance(open: OpenCorner): void {
  describe("starting an attempt", () => {
    test("marks the message as under way, with who calls, how and until when", async () => {
      const corner = await open();
      const message = await corner.queued({ content: "sealed", expiresAt: corner.at + 1 });
      expect(await corner.start(message)).toBe("started");
      expect(await corner.row(message)).toMatchObject({
        state: "sending",
        attempts: [
          {
            number: 1,
            callId: "call_1",
            integration: "smtp",
            startedAt: corner.at,
            finishedAt: null,
            outcome: "started",
          },
        ],
      });
      const [record] = await corner.store.loadDeliveries({ ids: [message.id], lane: "transactional" });
      expect(record).toMatchObject({
        id: message.id,
        event: { id: message.eventId, payload: "payload" },
        state: "sending",
        content: "sealed",
        attempts: 1,
        firstAttemptAt: corner.at,
        origin: message.origin,
        open: { integration: "smtp", node: "here", startedAt: corner.at, leaseUntil: corner.at + 40_000 },
      });
    });

    test("of one number is won by one of many", async () => {
      const corner = await open();
      const message = await corner.queued();
      const statuses = await Promise.all(times(10, (index) => corner.start(message, { callId: `c${index}` })));
      expect(statuses.filter((status) => status === "started")).toHaveLength(1);
      expect(statuses.filter((status) => status === "lost")).toHaveLength(9);
    });

    test("is lost with a number that is not the next, and for a message that is not there", async () => {
      const corner = await open();
      const message = await corner.queued();
      expect(await corner.start(message, { number: 2 })).toBe("lost");
      expect(await corner.start(corner.message())).toBe("lost");
      expect((await corner.row(message)).state).toBe("queued");
    });

    test("does not happen from the moment of expiry on: the message ends expired", async () => {
      const corner = await open();
      const [before, at] = await corner.queuedAll(times(2, () => ({ expiresAt: corner.at + 1000 })));
      if (before === undefined || at === undefined) throw new RangeError("two messages");
      expect(await corner.start(before, { at: corner.at + 999 })).toBe("started");
      expect(await corner.start(at, { at: corner.at + 1000 })).toBe("expired");
      expect(await corner.row(at)).toMatchObject({ state: "expired", reason: "expired", dueAt: null, attempts: [] });
      expect(await corner.dueMessages({ now: corner.at + 1000 })).toEqual([]);
    });

    test.each(["critical", "transactional", "marketing"] as const)(
      "of a %s message does not happen to an address that nothing may be sent to",
      async (lane) => {
        const corner = await open();
        const refused = await corner.sending();
        await corner.record(refused, {
          outcome: "rejected",
          after: { state: "failed", reason: "550" },
          suppress: "refused: 550",
        });
        const message = await corner.queued({ lane });
        expect(await corner.start(message)).toBe("suppressed");
        expect(await corner.row(message)).toMatchObject({ state: "suppressed", dueAt: null, attempts: [] });
        for (const elsewhere of [
          { addressHash: "another" },
          { channel: "sms" as const },
          { environmentId: corner.otherEnvironmentId },
        ]) {
          expect(await corner.start(await corner.queued({ lane, ...elsewhere }))).toBe("started");
        }
      },
    );

    test("keeps the attempts before it, in order, and counts from the first", async () => {
      const corner = await open();
      const message = await corner.queued();
      for (const number of [1, 2, 3]) {
        const at = corner.at + number * 1000;
        expect(await corner.start(message, { number, callId: `call_${number}`, at, leaseUntil: at + 10 })).toBe(
          "started",
        );
        const after = { state: "queued" as const, dueAt: at + 500 };
        await corner.record(message, {
          number,
          finishedAt: at + 5,
          outcome: "rejected",
          code: `45${number}`,
          detail: "busy",
          providerMessageId: "",
          after,
        });
      }
      const { attempts } = await corner.row(message);
      expect(
        attempts.map(({ number, callId, outcome, code, finishedAt }) => [number, callId, outcome, code, finishedAt]),
      ).toEqual(
        [1, 2, 3].map((number) => [number, `call_${number}`, "rejected", `45${number}`, corner.at + number * 1000 + 5]),
      );
      const [record] = await corner.store.loadDeliveries({ ids: [message.id], lane: "transactional" });
      expect(record).toMatchObject({
        attempts: 3,
        firstAttemptAt: corner.at + 1000,
        open: null,
        last: { integration: "smtp", outcome: "rejected" },
      });
    });
  });

  describe("recording an outcome", () => {
    const dueAt = Date.UTC(2150, 0, 1);
    const afters: [AfterAttempt, object][] = [
      [{ state: "sent" }, { state: "sent", reason: "", dueAt: null }],
      [
        { state: "queued", dueAt },
        { state: "queued", reason: "", dueAt, sentAt: null },
      ],
      [
        { state: "failed", reason: "550" },
        { state: "failed", reason: "550", dueAt: null, sentAt: null },
      ],
      [
        { state: "unknown", reason: "timeout" },
        { state: "unknown", reason: "timeout", dueAt: null, sentAt: null },
      ],
      [
        { state: "expired", reason: "expired_before_retry" },
        { state: "expired", reason: "expired_before_retry", dueAt: null },
      ],
      [
        { state: "dead", reason: "retries_exhausted", detail: "451: busy" },
        { state: "dead", reason: "retries_exhausted", dueAt: null },
      ],
    ];
    test.each(afters)("that is followed by %o moves the message there", async (after, expected) => {
      const corner = await open();
      const message = await corner.sending();
      expect(await corner.record(message, { after, code: "c", detail: "d" })).toBe("recorded");
      const row = await corner.row(message);
      expect(row).toMatchObject(expected);
      expect(row.sentAt).toBe(after.state === "sent" ? corner.at + 50 : null);
      expect(row.attempts).toMatchObject([
        { outcome: "accepted", code: "c", detail: "d", providerMessageId: "p1", finishedAt: corner.at + 50 },
      ]);
      expect((await corner.store.getDeadLetter({ environmentId: corner.environmentId, id: message.id }))?.detail).toBe(
        after.state === "dead" ? after.detail : undefined,
      );
      // One look takes in a bounded number of tenants, and every test has tenants of its own: the looks go round.
      const found = new Set<string>();
      for (let look = 0; look < 10; look += 1) {
        const query = { lane: "transactional", channel: "email", now: dueAt, limit: 10_000, node: "here" } as const;
        for (const id of await corner.store.dueMessages(query)) found.add(id);
      }
      expect(found.has(message.id)).toBe(after.state === "queued");
    });

    test("counts once: the second and those of an attempt that never was are fenced", async () => {
      const corner = await open();
      const message = await corner.sending();
      expect(await corner.record(message, { number: 2 })).toBe("fenced");
      expect((await corner.row(message)).state).toBe("sending");
      expect(await corner.record(message)).toBe("recorded");
      expect(await corner.record(message, { after: { state: "failed", reason: "x" } })).toBe("fenced");
      expect(await corner.row(message)).toMatchObject({ state: "sent", reason: "" });
      expect(await corner.record(corner.message())).toBe("fenced");
    });

    test("that comes late is kept with its attempt and moves nothing", async () => {
      const corner = await open();
      const message = await corner.sending();
      const timeout = {
        outcome: "unknown" as const,
        code: "timeout",
        providerMessageId: "",
        after: { state: "queued" as const, dueAt: corner.at + 60 },
      };
      await corner.record(message, timeout);
      expect(await corner.record(message, { finishedAt: corner.at + 55 })).toBe("fenced");
      expect(await corner.row(message)).toMatchObject({
        state: "queued",
        dueAt: corner.at + 60,
        attempts: [{ outcome: "accepted", code: "", detail: "", providerMessageId: "p1", finishedAt: corner.at + 55 }],
      });
    });

    test("that says unknown takes the place of none that says more", async () => {
      const corner = await open();
      const message = await corner.sending();
      const lost = { outcome: "unknown" as const, code: "process_lost", providerMessageId: "" };
      const refusal = { outcome: "rejected" as const, code: "busy", finishedAt: corner.at + 20 };
      await corner.record(message, { ...refusal, after: { state: "queued", dueAt: corner.at + 60 } });
      const known = { number: 1, ...refusal };
      expect(await corner.record(message, { ...lost, finishedAt: corner.at + 30 })).toBe("fenced");
      expect((await corner.row(message)).attempts).toMatchObject([known]);
      await corner.start(message, { number: 2, callId: "call_2", at: corner.at + 60 });
      expect(await corner.record(message, { ...lost, finishedAt: corner.at + 65 })).toBe("fenced");
      expect((await corner.row(message)).attempts).toMatchObject([known, { number: 2, outcome: "started" }]);
    });

    test("of an earlier attempt is kept there while the next one goes on", async () => {
      const corner = await open();
      const message = await corner.sending();
      await corner.record(message, {
        outcome: "unknown",
        code: "timeout",
        providerMessageId: "",
        after: { state: "queued", dueAt: corner.at + 60 },
      });
      await corner.start(message, { number: 2, callId: "call_2", at: corner.at + 60 });
      expect(await corner.record(message, { finishedAt: corner.at + 65 })).toBe("fenced");
      expect(await corner.row(message)).toMatchObject({
        state: "sending",
        attempts: [
          { number: 1, outcome: "accepted", finishedAt: corner.at + 65 },
          { number: 2, outcome: "started", finishedAt: null },
        ],
      });
      expect(await corner.record(message, { number: 2 })).toBe("recorded");
    });

    test("tells the next attempt how the last one ended; what may have gone out twice weighs more than a refusal", async () => {
      const corner = await open();
      const last = async (lane: "transactional" | "marketing") => {
        const message = await corner.queued({ lane });
        const ends: unknown[] = [];
        for (const [index, outcome] of (["unknown", "rejected"] as const).entries()) {
          const number = index + 1;
          await corner.start(message, { number, integration: `i${number}` });
          await corner.record(message, { number, outcome, after: { state: "queued", dueAt: corner.at } });
          ends.push((await corner.store.loadDeliveries({ ids: [message.id], lane }))[0]?.last);
        }
        return ends;
      };
      const unknown = { integration: "i1", outcome: "unknown" };
      expect(await last("transactional")).toEqual([unknown, { integration: "i2", outcome: "rejected" }]);
      expect(await last("marketing")).toEqual([unknown, unknown]);
    });

    test("suppresses an address once, and keeps the first reason", async () => {
      const corner = await open();
      const messages = await corner.queuedAll(times(2, () => ({})));
      for (const message of messages) await corner.start(message);
      for (const message of messages)
        await corner.record(message, {
          outcome: "rejected",
          after: { state: "failed", reason: "550" },
          suppress: "refused: 550",
        });
      expect(await corner.start(await corner.queued())).toBe("suppressed");
    });

    test("of many messages in one call answers each, in order", async () => {
      const corner = await open();
      const messages = await corner.queuedAll(times(20, () => ({})));
      const started = messages.filter((_, index) => index % 3 !== 0);
      await corner.store.startAttempts({
        attempts: started.map((message) => corner.attempt(message)),
        lane: "transactional",
      });
      const results = await corner.store.recordOutcomes({
        outcomes: messages.map((message) => corner.outcome(message)),
        lane: "transactional",
      });
      expect(results).toEqual(messages.map((_, index) => (index % 3 === 0 ? "fenced" : "recorded")));
    });
  });
}
