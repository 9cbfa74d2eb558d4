import type { Held, QueueName } from "@tidings/contract/queues";
import type { Channel, Lane } from "@tidings/contract/words";
import type { WorkerBuffer, WorkerFacts, WorkerState } from "@tidings/contract/workers";

/** A queue as it stands. */
export interface QueueStand {
  queue: QueueName;
  lane: Lane;
  channel: Channel | undefined;
  due: number;
  /** How long the oldest has been due, ms. */
  ageMs: number;
}

/** What there is to know of a worker for this. */
export interface WorkerStand {
  host: string;
  pid: number;
  roles: readonly string[];
  state: WorkerState;
  facts: WorkerFacts;
}

/** Due for so long, work is behind: workers look into the store many times a second. */
const behindMs = 10_000;

const roleOf: Record<QueueName, string> = {
  events: "orchestrate",
  runs: "orchestrate",
  effects: "orchestrate",
  delivery: "deliver",
};

/** Why what is due is not being done; undefined where nothing is, or it is on its way. */
export function heldBy(queue: QueueStand, workers: readonly WorkerStand[]): Held | undefined {
  if (queue.due === 0) return undefined;
  const role = roleOf[queue.queue];
  const able = workers.filter(({ roles }) => roles.includes(role));
  if (!able.some(({ state }) => state === "alive")) return { reason: "no_worker", detail: noWorker(role, able) };
  const fullest = fullestOf(queue, able);
  if (
    fullest?.reason === "rate_limited" ||
    fullest?.reason === "destination_busy" ||
    fullest?.reason === "circuit_open"
  )
    return { reason: fullest.reason, detail: waitText(fullest) };
  if (queue.ageMs <= behindMs) return undefined;
  const busy = fullest?.reason === undefined ? "" : `; ${waitText(fullest)}`;
  return { reason: "behind", detail: `the oldest has been due for ${Math.round(queue.ageMs / 1000)} s${busy}` };
}

function noWorker(role: string, able: readonly WorkerStand[]): string {
  const late = able.map(({ host, pid }) => `${host} (${pid})`);
  const heard = late.length === 0 ? "" : `; not heard of lately: ${late.join(", ")}`;
  return `no worker that is alive has the role ${role}${heard}`;
}

/** The buffer in which most of the queue's messages can be waiting, among those that know why. */
function fullestOf({ queue, lane, channel }: QueueStand, workers: readonly WorkerStand[]): WorkerBuffer | undefined {
  if (queue !== "delivery") return undefined;
  return workers
    .flatMap(({ facts }) => facts.buffers)
    .filter((buffer) => buffer.channel === channel && buffer.lanes.includes(lane) && buffer.reason !== undefined)
    .toSorted((a, b) => b.waiting - a.waiting)[0];
}

const waits: Record<NonNullable<WorkerBuffer["reason"]>, string> = {
  rate_limited: "for its ratePerSecond",
  destination_busy: "for a destination that has as many calls under way as it may",
  integration_busy: "for places: it has as many messages under way as it may",
  circuit_open: "until its provider takes messages again",
  process_busy: "for places: the process has as many messages under way as it may",
};

function waitText({ integration, environment, waiting, reason }: WorkerBuffer): string {
  const where = environment === undefined ? "" : ` of ${environment}`;
  return `${waiting} of integration ${integration}${where} wait ${reason === undefined ? "" : waits[reason]}`;
}
