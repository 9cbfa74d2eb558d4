import type { WorkerList, WorkerView } from "@tidings/contract/workers";
import type { Worker, Workers } from "../ports/workers.ts";
import type { Handlers } from "./handler.ts";
import { iso } from "./views.ts";

export function workerHandlers(workers: Workers): Handlers {
  return {
    listWorkers: async (): Promise<WorkerList> => ({ items: (await workers.list()).map(workerView) }),
  };
}

function workerView({ facts, roles, startedAt, heartbeatAt, ...worker }: Worker): WorkerView {
  return { ...worker, roles: [...roles], startedAt: iso(startedAt), heartbeatAt: iso(heartbeatAt), ...facts };
}
