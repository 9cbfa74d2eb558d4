import { describe, expect, test } from "vitest";
import type { Broadcast } from "../ports/broadcast.ts";

export interface BroadcastBench {
  broadcast: Broadcast;
  /** What receivers threw, as the implementation reported it. */
  faults: unknown[];
  /** The same in another process; undefined where there is none. */
  elsewhere?: Broadcast;
}

export function broadcastConformance(name: string, make: () => Promise<BroadcastBench>): void {
  describe(`broadcast: ${name}`, () => {
    test("brings a hint to all its receivers", async () => {
      const { broadcast } = await make();
      const received = Promise.all([next(broadcast, "work"), next(broadcast, "work")]);
      broadcast.publish("work");
      await expect(received).resolves.toHaveLength(2);
      await broadcast.close();
    });

    test("does not call a receiver inside the publisher's call", async () => {
      const { broadcast } = await make();
      let inside = true;
      const received = new Promise<boolean>((resolve) => {
        broadcast.subscribe("work", () => resolve(inside));
      });
      broadcast.publish("work");
      inside = false;
      expect(await received).toBe(false);
      await broadcast.close();
    });

    test("brings other hints to nobody", async () => {
      const { broadcast } = await make();
      let keys = 0;
      broadcast.subscribe("keys", () => {
        keys += 1;
      });
      await roundTrip(broadcast);
      expect(keys).toBe(0);
      await broadcast.close();
    });

    test("makes many hints few, and loses none that comes after a receiver ran", async () => {
      const { broadcast } = await make();
      let calls = 0;
      broadcast.subscribe("configuration", () => {
        calls += 1;
      });
      for (let round = 0; round < 100; round += 1) broadcast.publish("configuration");
      await roundTrip(broadcast);
      expect(calls).toBeGreaterThanOrEqual(1);
      expect(calls).toBeLessThanOrEqual(100);
      const before = calls;
      broadcast.publish("configuration");
      await roundTrip(broadcast);
      expect(calls).toBeGreaterThan(before);
      await broadcast.close();
    });

    test("brings the subject of a hint, and each of several subjects", async () => {
      const { broadcast } = await make();
      const subjects: string[] = [];
      const all = new Promise<void>((resolve) => {
        broadcast.subscribe("inbox", (subject) => {
          subjects.push(subject);
          if (subject === "3") resolve();
        });
      });
      for (const subject of ["1", "2:Zoë / 東京", "1", "3"]) broadcast.publish("inbox", subject);
      await all;
      expect(new Set(subjects)).toEqual(new Set(["1", "2:Zoë / 東京", "3"]));
      await broadcast.close();
    });

    test("a hint without a subject has an empty one", async () => {
      const { broadcast } = await make();
      const received = new Promise<string>((resolve) => {
        broadcast.subscribe("inbox", resolve);
      });
      broadcast.publish("inbox");
      expect(await received).toBe("");
      await broadcast.close();
    });

    test("a hint that a receiver publishes is delivered", async () => {
      const { broadcast } = await make();
      const second = new Promise<void>((resolve) => {
        let calls = 0;
        broadcast.subscribe("work", () => {
          calls += 1;
          if (calls === 1) broadcast.publish("work");
          else resolve();
        });
      });
      broadcast.publish("work");
      await expect(second).resolves.toBeUndefined();
      await broadcast.close();
    });

    test("a receiver that throws is reported and stops no other", async () => {
      const { broadcast, faults } = await make();
      broadcast.subscribe("work", () => {
        throw new Error("receiver");
      });
      const other = next(broadcast, "work");
      broadcast.publish("work");
      await other;
      expect(faults).toEqual([new Error("receiver")]);
      await broadcast.close();
    });

    test("a subscription that ended receives nothing, and ends twice safely", async () => {
      const { broadcast } = await make();
      let calls = 0;
      const end = broadcast.subscribe("work", () => {
        calls += 1;
      });
      end();
      end();
      broadcast.publish("work");
      await roundTrip(broadcast);
      expect(calls).toBe(0);
      await broadcast.close();
    });

    test("a hint is heard in another process, with its subject, and not a second time where it came from", async ({
      skip,
    }) => {
      const { broadcast, elsewhere } = await make();
      if (elsewhere === undefined) return skip("it has one process");
      const here: string[] = [];
      broadcast.subscribe("inbox", (subject) => here.push(subject));
      const heard = new Promise<string>((resolve) => elsewhere.subscribe("inbox", resolve));
      broadcast.publish("inbox", "1:u");
      expect(await heard).toBe("1:u");
      const back = next(broadcast, "work");
      elsewhere.publish("work");
      await back;
      expect(here).toEqual(["1:u"]);
      await Promise.all([broadcast.close(), elsewhere.close()]);
    });

    test("closed twice it is quiet, and what is published then is lost without a fault", async () => {
      const { broadcast, faults } = await make();
      let calls = 0;
      broadcast.subscribe("work", () => {
        calls += 1;
      });
      await broadcast.close();
      await broadcast.close();
      broadcast.publish("work");
      await Promise.resolve();
      expect({ calls, faults }).toEqual({ calls: 0, faults: [] });
    });
  });
}

function next(broadcast: Broadcast, hint: "work" | "keys"): Promise<void> {
  return new Promise((resolve) => {
    broadcast.subscribe(hint, () => resolve());
  });
}

/** Resolves when a hint published now has come: those published before it, on an ordered transport, have come too. */
async function roundTrip(broadcast: Broadcast): Promise<void> {
  const back = next(broadcast, "work");
  broadcast.publish("work");
  await back;
}
