import type { DailyWindowBody } from "@tidings/contract/quiet-hours";
import { type Channel, channels } from "@tidings/contract/words";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deriveId } from "../lib/ids.ts";
import { type SendTimeRequest, sendTime } from "./send-time.ts";

const night: DailyWindowBody = { from: "22:00", to: "07:00" };
const office: DailyWindowBody = { from: "09:00", to: "17:00", days: ["mon", "tue", "wed", "thu", "fri"] };
const at = (iso: string) => Date.parse(`${iso}Z`);
const request = (over: Partial<SendTimeRequest> = {}): SendTimeRequest => ({
  now: at("2026-11-27T23:00"),
  rules: { quietHours: { category: night }, sendWindow: undefined },
  zone: "UTC",
  lane: "transactional",
  channel: "email",
  key: "m1",
  spreadMs: 0,
  expiresAt: null,
  ...over,
});
const until = (over: Partial<SendTimeRequest> = {}) => {
  const time = sendTime(request(over));
  return time.outcome === "deferred" ? new Date(time.until).toISOString().slice(0, 16) : time.outcome;
};

describe("the time at which a message goes out", () => {
  test("is now outside quiet hours, without any, and for what is critical", () => {
    expect(until({ now: at("2026-11-27T12:00") })).toBe("now");
    expect(until({ rules: { quietHours: {}, sendWindow: undefined } })).toBe("now");
    expect(until({ lane: "critical" })).toBe("now");
  });

  test("is the end of quiet hours by the recipient's clock", () => {
    expect(until()).toBe("2026-11-28T07:00");
    expect(until({ zone: "Europe/Vienna" })).toBe("2026-11-28T06:00");
    expect(until({ zone: "America/New_York" })).toBe("now");
    expect(sendTime(request())).toMatchObject({ rule: { kind: "quiet_hours", level: "category", window: night } });
  });

  test("is by the quiet hours that are set nearest to the recipient, and false switches off those further out", () => {
    const short: DailyWindowBody = { from: "22:00", to: "23:30" };
    const rules = (quietHours: SendTimeRequest["rules"]["quietHours"]) => ({
      rules: { quietHours, sendWindow: undefined },
    });
    expect(until(rules({ environment: night, category: short }))).toBe("2026-11-27T23:30");
    expect(until(rules({ category: night, tenant: short }))).toBe("2026-11-27T23:30");
    expect(until(rules({ tenant: night, recipient: short }))).toBe("2026-11-27T23:30");
    expect(until(rules({ environment: night }))).toBe("2026-11-28T07:00");
    expect(until(rules({ environment: night, tenant: night, recipient: false }))).toBe("now");
  });

  test("is by quiet hours on the channels that they name, else on all but the silent ones", () => {
    const named = (channels: Channel[]) => ({
      rules: { quietHours: { tenant: { ...night, channels }, environment: night }, sendWindow: undefined },
    });
    expect(channels.filter((channel) => until({ channel }) === "now")).toEqual(["in_app", "webhook"]);
    expect(channels.filter((channel) => until({ channel, ...named(["sms", "in_app"]) }) !== "now")).toEqual([
      "sms",
      "in_app",
    ]);
  });

  test("is inside the send window only", () => {
    const rules = { quietHours: {}, sendWindow: office };
    expect(until({ rules, now: at("2026-11-27T12:00") })).toBe("now");
    expect(until({ rules, now: at("2026-11-27T17:00") })).toBe("2026-11-30T09:00");
    expect(sendTime(request({ rules }))).toMatchObject({ rule: { kind: "send_window", level: "category" } });
  });

  test("is when quiet hours and the send window both let it pass", () => {
    const late: DailyWindowBody = { from: "06:00", to: "12:00", days: ["mon"] };
    expect(until({ rules: { quietHours: { recipient: late }, sendWindow: office } })).toBe("2026-11-30T12:00");
    expect(
      sendTime(
        request({
          rules: { quietHours: { recipient: late }, sendWindow: { from: "08:00", to: "10:00", days: ["mon"] } },
        }),
      ),
    ).toMatchObject({ outcome: "never", reason: "no_time_to_send" });
  });

  test("is never, where the message expires before", () => {
    expect(sendTime(request({ expiresAt: at("2026-11-28T07:00") }))).toMatchObject({
      outcome: "never",
      reason: "expires_in_quiet_hours",
    });
    expect(
      sendTime(request({ rules: { quietHours: {}, sendWindow: office }, expiresAt: at("2026-11-28T07:00") })),
    ).toMatchObject({ outcome: "never", reason: "expires_before_send_window" });
    expect(until({ expiresAt: at("2026-11-28T07:00") + 1 })).toBe("2026-11-28T07:00");
  });

  test("is spread behind the end of the window, by the message's id alone", () => {
    const spreadMs = 600_000;
    const due = Array.from({ length: 1000 }, (_, index) => {
      const time = sendTime(request({ spreadMs, key: deriveId(0, String(index)) }));
      return time.outcome === "deferred" ? time.dueAt - time.until : Number.NaN;
    });
    for (let minute = 0; minute < 10; minute += 1) {
      const inMinute = due.filter((later) => Math.floor(later / 60_000) === minute).length;
      expect(inMinute).toBeGreaterThan(60);
      expect(inMinute).toBeLessThan(140);
    }
    expect(sendTime(request({ spreadMs }))).toEqual(sendTime(request({ spreadMs })));
  });

  test("is never in quiet hours, outside the window or behind the expiry, whatever the rules, zone and spread", () => {
    const clock = fc
      .integer({ min: 0, max: 95 })
      .map((n) => `${String(Math.floor(n / 4)).padStart(2, "0")}:${String((n % 4) * 15).padStart(2, "0")}`);
    const window = fc.record({ from: clock, to: clock }).filter(({ from, to }) => from !== to);
    fc.assert(
      fc.property(
        fc.record({
          now: fc.integer({ min: at("2026-01-01T00:00"), max: at("2027-01-01T00:00") }),
          zone: fc.constantFrom("Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"),
          rules: fc.record({
            quietHours: fc.record({ category: window }),
            sendWindow: fc.option(window, { nil: undefined }),
          }),
          key: fc.string(),
          left: fc.option(fc.integer({ min: 0, max: 90_000_000 })),
        }),
        ({ left, ...over }) => {
          const expiresAt = left === null ? null : over.now + left;
          const asked = request({ ...over, expiresAt, spreadMs: 3_600_000 });
          const time = sendTime(asked);
          if (time.outcome !== "deferred") return;
          expect(time.dueAt).toBeGreaterThanOrEqual(time.until);
          expect(time.until).toBeGreaterThan(asked.now);
          expect(sendTime({ ...asked, now: time.dueAt, expiresAt: null })).toEqual({ outcome: "now" });
          expect(sendTime({ ...asked, now: time.until - 1, expiresAt: null }).outcome).not.toBe("now");
          if (expiresAt !== null) expect(time.dueAt).toBeLessThan(expiresAt);
        },
      ),
    );
  });
});
