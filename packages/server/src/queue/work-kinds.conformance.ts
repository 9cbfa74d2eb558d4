import type { Topic } from "../ports/queue.ts";
import { type Corner, times } from "../store/conformance/corner.conformance.ts";

/** One kind of work: how it is made in the store, and settled. */
export interface WorkKind {
  topic: Topic;
  work(corner: Corner, count: number, tenant: string): Promise<string[]>;
  settle(corner: Corner, ids: readonly string[]): Promise<unknown>;
}

/** Of each kind of topic one. */
export const workKinds: readonly WorkKind[] = [
  {
    topic: "events.transactional",
    work: async (corner, count, tenant) => {
      const events = times(count, () => corner.event({ tenant }));
      await corner.store.acceptEvents({ events });
      return events.map(({ id }) => id);
    },
    settle: (corner, ids) => corner.store.commitEvents({ turns: ids.map((id) => corner.turn(corner.event({ id }))) }),
  },
  {
    topic: "runs.marketing",
    work: async (corner, count, tenant) => {
      const event = await corner.accepted({ lane: "critical" });
      const runs = times(count, () => corner.run({ eventId: event.id, tenant, lane: "marketing" }));
      await corner.store.commitEvents({ turns: [corner.turn(event, { runs })] });
      return runs.map(({ id }) => id);
    },
    settle: (corner, ids) => corner.store.commitRuns({ turns: ids.map((id) => corner.runTurn(corner.run({ id }))) }),
  },
  {
    topic: "delivery.sms.critical",
    work: async (corner, count, tenant) => {
      const messages = await corner.queuedAll(times(count, () => ({ channel: "sms", lane: "critical", tenant })));
      return messages.map(({ id }) => id);
    },
    settle: (corner, ids) =>
      corner.store.settleMessages({
        settlements: ids.map((messageId) => ({
          environmentId: corner.environmentId,
          messageId,
          attempts: 0,
          at: corner.at,
          after: { state: "failed", reason: "r" },
        })),
      }),
  },
];
