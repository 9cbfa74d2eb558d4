import { type WorkerView, workersSchema } from "@tidings/contract/workers";
import { vi } from "vitest";
import type { Api } from "../../harness/api.ts";
import type { Member } from "./cluster.ts";

const lookEveryMs = 50;

/** What a process of the cluster has told of itself with its last heartbeat; undefined where it is no worker. */
export async function workerOf(api: Api, member: Member): Promise<WorkerView | undefined> {
  const { json } = await api.call("GET", "/v1/workers");
  return workersSchema.parse(json).items.find(({ pid }) => pid === member.pid);
}

/** Waits until a process tells what `enough` accepts. */
export function untilWorker(
  api: Api,
  member: Member,
  enough: (worker: WorkerView) => boolean,
  timeoutMs = 30_000,
): Promise<WorkerView> {
  return vi.waitUntil(
    async () => {
      const worker = await workerOf(api, member);
      return worker !== undefined && enough(worker) ? worker : undefined;
    },
    { timeout: timeoutMs, interval: lookEveryMs },
  );
}

export const waitingOf = ({ buffers }: WorkerView): number => buffers.reduce((sum, { waiting }) => sum + waiting, 0);
