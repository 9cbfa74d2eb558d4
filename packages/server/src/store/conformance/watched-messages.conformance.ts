import type { NewMessage, NewRun } from "../../ports/store/orchestrate.ts";
import type { Corner } from "./corner.conformance.ts";
import type { MessageFields } from "./rows.conformance.ts";

const lane = "transactional";
export const laterMs = 1000;

/** Messages of one step, and the run that watches them, as a turn writes them. */
export async function watched(
  corner: Corner,
  overs: readonly MessageFields[] = [{}],
  cancellationHash: string | null = null,
) {
  const event = await corner.accepted({ cancellationHash });
  const of = corner.id();
  const messages = overs.map((over) => corner.message({ eventId: event.id, runId: of, ...over }));
  const run = corner.run({
    eventId: event.id,
    dueAt: corner.at + laterMs,
    step: 4,
    cancellationHash,
    watch: { of, from: corner.at },
  });
  for (const message of messages) message.watcher = run.id;
  await corner.store.commitEvents({ turns: [corner.turn(event, { messages, runs: [run] })] });
  return { messages, run, event };
}

export const first = <Item>([item]: readonly Item[]): Item => {
  if (item === undefined) throw new RangeError("there is none");
  return item;
};
export const load = async (corner: Corner, { id }: NewRun) => (await corner.store.loadRuns({ ids: [id], lane }))[0];
export const isDue = async (corner: Corner, { id }: NewRun, now = corner.at + laterMs - 1) =>
  (await corner.store.dueRuns({ lane, now, limit: 1000 })).includes(id);
export const settle = (corner: Corner, { id: messageId }: NewMessage, at = corner.at + 5) =>
  corner.store.settleMessages({
    settlements: [
      { environmentId: corner.environmentId, messageId, attempts: 0, at, after: { state: "failed", reason: "f" } },
    ],
  });
