import { describe, expect, test } from "vitest";
import type { AddressPlace, FeedbackReport } from "../../ports/store/feedback.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";
import type { MessageFields } from "./rows.conformance.ts";

const dayMs = 86_400_000;
const rule = { count: 3, days: 7 };

/** A message to the address that a provider took. */
async function sent(corner: Corner, over: MessageFields = {}) {
  const message = await corner.sending({ addressHash: "h", ...over });
  await corner.record(message);
  return message;
}

async function tell(corner: Corner, reports: readonly FeedbackReport[], now = corner.at): Promise<void> {
  const softBounces = new Map([[corner.environmentId, rule]]);
  await corner.store.recordFeedback({ reports, now, softBounces });
}

/** A message of its own that soft-bounced, or was delivered, on a day of the corner. */
async function reportOn(corner: Corner, day: number, kind: FeedbackReport["kind"], over: MessageFields = {}) {
  return corner.report(await sent(corner, over), { kind, at: corner.at + day * dayMs });
}

async function reasons({ store, environmentId }: Corner, addressHash = "h"): Promise<string[]> {
  const of = { environmentId, after: undefined, channel: "email", addressHash, limit: 10 } as const;
  return (await store.listSuppressions(of)).items.map(({ scope, reason }) => `${scope} ${reason}`);
}

const softBounced = ["everything soft_bounces"];
const keyOf = (addressHash: string) => ({ channel: "email", addressHash, scope: "everything", value: "" }) as const;

export function softBouncesConformance(open: OpenCorner): void {
  describe("soft bounces", () => {
    test("of three messages within seven days suppress the address, for all that is to go there", async () => {
      const corner = await open();
      for (const day of [1, 2]) await tell(corner, [await reportOn(corner, day, "soft_bounced")]);
      expect(await reasons(corner)).toEqual([]);
      await tell(corner, [await reportOn(corner, 8, "soft_bounced")]);
      expect(await reasons(corner)).toEqual(softBounced);
      expect(await corner.start(await corner.queued({ addressHash: "h", lane: "critical" }))).toBe("suppressed");
      expect(await corner.start(await corner.queued({ addressHash: "g" }))).toBe("started");
    });

    test("of one message count once, whatever is told again", async () => {
      const corner = await open();
      const one = await reportOn(corner, 1, "soft_bounced");
      const two = await reportOn(corner, 2, "soft_bounced");
      await tell(corner, [one, two, one, { ...one, at: one.at + 5 }]);
      await tell(corner, [two, one]);
      expect(await reasons(corner)).toEqual([]);
    });

    test("with something delivered in between suppress nobody, and a delivery that is told late takes it back", async () => {
      const corner = await open();
      const [one, two, delivered, three, four, five] = [
        await reportOn(corner, 1, "soft_bounced"),
        await reportOn(corner, 2, "soft_bounced"),
        await reportOn(corner, 3, "delivered"),
        await reportOn(corner, 4, "soft_bounced"),
        await reportOn(corner, 5, "soft_bounced"),
        await reportOn(corner, 6, "soft_bounced"),
      ];
      await tell(corner, [two, three]);
      await tell(corner, [one]);
      expect(await reasons(corner)).toEqual(softBounced);
      await tell(corner, [delivered]);
      expect(await reasons(corner)).toEqual([]);
      await tell(corner, [one, four, two]);
      expect(await reasons(corner)).toEqual([]);
      await tell(corner, [five]);
      expect(await reasons(corner)).toEqual(softBounced);
    });

    test("that are older than a delivery count for nothing, also where the delivery was told first", async () => {
      const corner = await open();
      await tell(corner, [await reportOn(corner, 5, "delivered")]);
      for (const day of [1, 2, 3]) await tell(corner, [await reportOn(corner, day, "soft_bounced")]);
      expect(await reasons(corner)).toEqual([]);
    });

    test("are of an address on a channel, whoever it belongs to", async () => {
      const corner = await open();
      const elsewhere = { environmentId: corner.otherEnvironmentId };
      await tell(corner, [
        await reportOn(corner, 1, "soft_bounced", { recipient: "u1" }),
        await reportOn(corner, 2, "soft_bounced", { channel: "sms" }),
        await reportOn(corner, 2, "soft_bounced", { addressHash: "g" }),
        { ...(await reportOn(corner, 2, "soft_bounced", elsewhere)), ...elsewhere },
        await reportOn(corner, 3, "soft_bounced", { recipient: "u2" }),
      ]);
      expect(await reasons(corner)).toEqual([]);
      await tell(corner, [await reportOn(corner, 4, "soft_bounced", { recipient: "u3" })]);
      expect(await reasons(corner)).toEqual(softBounced);
    });

    test("suppress nobody where the environment has no rule", async () => {
      const corner = await open();
      const reports = [];
      for (const day of [1, 2, 3]) reports.push(await reportOn(corner, day, "soft_bounced"));
      await corner.store.recordFeedback({ reports, now: corner.at });
      expect(await reasons(corner)).toEqual([]);
    });

    test("that somebody gave a pardon count no more, told again or not; new ones do", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      const reports = [];
      for (const day of [1, 2, 3]) reports.push(await reportOn(corner, day, "soft_bounced"));
      await tell(corner, reports);
      expect(await store.removeSuppressions({ environmentId, keys: [keyOf("h")] })).toBe(1);
      await tell(corner, reports);
      for (const day of [4, 5]) await tell(corner, [await reportOn(corner, day, "soft_bounced")]);
      expect(await reasons(corner)).toEqual([]);
      await tell(corner, [await reportOn(corner, 6, "soft_bounced")]);
      expect(await reasons(corner)).toEqual(softBounced);
    });

    test("are the weakest reason: another one stays where a delivery would lift them", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      const suppress = async (addressHash: string) => {
        const reports = [];
        for (const day of [1, 2, 3]) reports.push(await reportOn(corner, day, "soft_bounced", { addressHash }));
        await tell(corner, reports);
      };
      const messages = new Map<string, NewMessage>();
      for (const addressHash of ["hand", "bounce", "soft"])
        messages.set(addressHash, await sent(corner, { addressHash }));
      const underWay = await corner.sending({ addressHash: "refusal" });
      for (const hash of ["hand", "bounce", "refusal", "soft"]) await suppress(hash);
      const byHand = { ...keyOf("hand"), reason: "manual", createdAt: 1 };
      expect(await store.addSuppressions({ environmentId, suppressions: [byHand, byHand] })).toBe(1);
      await tell(corner, [await reportOn(corner, 3, "bounced", { addressHash: "bounce" })]);
      await corner.record(underWay, { suppress: "550" });
      for (const hash of ["hand", "bounce", "refusal", "soft"])
        await tell(corner, [corner.report(messages.get(hash) ?? underWay, { at: corner.at + 9 * dayMs })]);
      expect(await reasons(corner, "hand")).toEqual(["everything manual"]);
      expect(await reasons(corner, "bounce")).toEqual(["everything bounced"]);
      expect(await reasons(corner, "refusal")).toEqual(["everything 550"]);
      expect(await reasons(corner, "soft")).toEqual([]);
    });

    test("that are told at once, by many calls, are all counted", async () => {
      const corner = await open();
      const reports = [];
      for (const index of times(12, (each) => each))
        reports.push(await reportOn(corner, 1, "soft_bounced", { addressHash: `h${index % 4}` }));
      await Promise.all(reports.map((report) => tell(corner, [report])));
      for (const index of times(4, (each) => each)) expect(await reasons(corner, `h${index}`)).toEqual(softBounced);
    });

    test("are forgotten in parts, once no report can add to them", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      await tell(corner, [
        await reportOn(corner, 1, "delivered", { addressHash: "a" }),
        await reportOn(corner, 1, "soft_bounced", { addressHash: "b" }),
        await reportOn(corner, 3, "delivered", { addressHash: "c" }),
      ]);
      const swept = async (day: number, limit: number): Promise<string[]> => {
        const seen: string[] = [];
        let after: AddressPlace | undefined = { environmentId, channel: "email", addressHash: "" };
        for (let part = 0; part < 20 && after !== undefined; part += 1) {
          after = await store.sweepSoftBounces({ after, now: corner.at + day * dayMs, limit });
          if (after?.environmentId !== environmentId) break;
          seen.push(after.addressHash);
        }
        return seen;
      };
      // Behind the corner's addresses there may be others': a part that ends with c says so.
      expect((await swept(2, 1)).slice(0, 2)).toEqual(["a", "b"]);
      await swept(9, 2);
      expect((await swept(9, 1))[0]).toBe("b");
      await swept(39, 1);
      expect(await swept(39, 1)).toEqual([]);
    });
  });
}
