import type { WorkerBuffer } from "@tidings/contract/workers";
import { describe, expect, test } from "vitest";
import { heldBy, type QueueStand, type WorkerStand } from "./held.ts";

const mail: QueueStand = { queue: "delivery", lane: "transactional", channel: "email", due: 5, ageMs: 10_000 };
const events: QueueStand = { queue: "events", lane: "critical", channel: undefined, due: 1, ageMs: 0 };
const old = { ageMs: 10_001 };

const worker = (over: Partial<WorkerStand> = {}, ...buffers: WorkerBuffer[]): WorkerStand => ({
  host: "m1",
  pid: 7,
  roles: ["orchestrate", "deliver"],
  state: "alive",
  facts: { inFlight: 0, buffers },
  ...over,
});
const buffer = (over: Partial<WorkerBuffer> = {}): WorkerBuffer => ({
  integration: "smtp",
  environment: "production",
  channel: "email",
  lanes: ["transactional"],
  waiting: 4,
  inFlight: 1,
  ...over,
});
const reason = (queue: QueueStand, ...workers: WorkerStand[]) => heldBy(queue, workers)?.reason;

describe("a queue", () => {
  test("in which nothing is due is not held, whoever works", () => {
    expect(heldBy({ ...mail, ...old, due: 0 }, [])).toBeUndefined();
  });

  test.each([
    ["events", "orchestrate"],
    ["runs", "orchestrate"],
    ["effects", "orchestrate"],
    ["delivery", "deliver"],
  ] as const)("of %s is held by the lack of a worker with the role %s", (queue, role) => {
    const others = ["api", "orchestrate", "deliver", "feedback"].filter((each) => each !== role);
    expect(heldBy({ ...events, queue }, [worker({ roles: others })])).toEqual({
      reason: "no_worker",
      detail: `no worker that is alive has the role ${role}`,
    });
    expect(heldBy({ ...events, queue }, [worker({ roles: others }), worker({ roles: [role] })])).toBeUndefined();
  });

  test("has no worker where all that have its role are late, and names them", () => {
    const late = worker({ state: "late" });
    expect(heldBy(events, [late])).toEqual({
      reason: "no_worker",
      detail: "no worker that is alive has the role orchestrate; not heard of lately: m1 (7)",
    });
    expect(heldBy(events, [late, worker()])).toBeUndefined();
  });

  test.each(["rate_limited", "destination_busy", "circuit_open"] as const)(
    "is held by an integration that is %s",
    (why) => {
      const held = heldBy(mail, [worker({}, buffer({ reason: why }))]);
      expect(held).toEqual({
        reason: why,
        detail: expect.stringMatching(/^4 of integration smtp of production wait (for|until) /),
      });
    },
  );

  test("is not held by what another channel or lane waits for, or by what is about to go", () => {
    const elsewhere = [
      buffer({ reason: "rate_limited", channel: "sms" }),
      buffer({ reason: "rate_limited", lanes: ["marketing"] }),
      buffer(),
    ];
    expect(reason(mail, worker({}, ...elsewhere))).toBeUndefined();
    expect(reason({ ...events, ...old }, worker({}, buffer({ reason: "rate_limited", lanes: ["critical"] })))).toBe(
      "behind",
    );
  });

  test("is behind where the oldest has been due for more than ten seconds, and says what it waits for", () => {
    const busy = worker({}, buffer({ reason: "integration_busy" }));
    expect(reason(mail, busy)).toBeUndefined();
    expect(heldBy({ ...mail, ageMs: 14_200 }, [busy])).toEqual({
      reason: "behind",
      detail:
        "the oldest has been due for 14 s; 4 of integration smtp of production wait for places: it has as many messages under way as it may",
    });
    expect(heldBy({ ...mail, ageMs: 14_200 }, [worker()])?.detail).toBe("the oldest has been due for 14 s");
  });

  test("is held by the fullest of its integrations, of all workers", () => {
    const slow = worker({}, buffer({ integration: "a", waiting: 2, reason: "destination_busy" }));
    const full = worker({}, buffer({ integration: "b", waiting: 3, reason: "rate_limited" }));
    expect(heldBy({ ...mail, ...old }, [slow, full])).toMatchObject({
      reason: "rate_limited",
      detail: expect.stringContaining("integration b"),
    });
  });
});
