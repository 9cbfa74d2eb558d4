import { describe, expect, test } from "vitest";
import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import { times } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import type { Postgres } from "../servers/postgres.ts";
import { twoStores } from "./two-stores.ts";

/** What is written and taken by processes that call at once. */
export function workTogetherSuite(server: () => Postgres): void {
  describe("two processes on one database: work", () => {
    const { either, corner } = twoStores(server);

    test("a recipient that two make at once is the one's or the other's, with its own addresses", async () => {
      const own = await corner();
      for (const round of times(20, (index) => index)) {
        const id = `r${round}`;
        const made = await Promise.allSettled(
          times(4, (index) =>
            either(index).putRecipient({
              recipient: own.recipient({
                id,
                wrappedKey: `key ${index}`,
                sealed: `sealed ${index}`,
                addresses: [{ channel: "email", hash: `h${index}` }],
              }),
            }),
          ),
        );
        expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        const row = await either(0).getRecipient({ environmentId: own.environmentId, id });
        expect(row?.sealed).toBe(row?.wrappedKey.replace("key", "sealed"));
      }
    });

    test("turns that write the same recipients in opposite orders both go on", async () => {
      const own = await corner();
      const recipients = times(50, (index) =>
        own.recipient({ id: `m${index}`, addresses: [{ channel: "email", hash: `h${index}` }] }),
      );
      for (const _ of times(10, () => 0)) {
        const events = [await own.accepted(), await own.accepted()];
        const turns = await Promise.all(
          events.map((event, index) => {
            const ordered = index === 0 ? recipients : recipients.toReversed();
            return either(index).commitEvents({ turns: [own.turn(event, { recipients: ordered })] });
          }),
        );
        expect(turns.flat().map(({ status }) => status)).toEqual(["committed", "committed"]);
      }
    });

    test("a delivery to an endpoint is one process's, until it is put off", async () => {
      const own = await corner();
      const webhook = await own.webhook();
      for (const _ of times(40, () => 0)) await own.dead();
      const due = async (store: Store, now = own.at) => {
        const found = await store.dueWebhookDeliveries({ now, limit: 10_000, perEndpointMax: 15 });
        return found.filter(({ webhookId }) => webhookId === webhook.id).map(({ id }) => id);
      };
      const looks = await Promise.all(times(6, (index) => due(either(index))));
      const [mine, others] = [0, 1].map((side) => new Set(looks.filter((_, index) => index % 2 === side).flat()));
      expect([...(mine ?? [])].filter((id) => others?.has(id))).toEqual([]);
      const [id = ""] = await due(either(0));
      expect(others?.has(id)).toBe(false);
      await either(0).recordWebhookAttempt({
        deliveryId: id,
        number: 1,
        at: own.at,
        durationMs: 1,
        status: 500,
        code: "500",
        after: { state: "waiting", dueAt: own.at - 1 },
        disable: null,
        failingMaxMs: null,
      });
      expect(await due(either(1))).toContain(id);
      expect(await due(either(0))).not.toContain(id);
    });
  });
}
