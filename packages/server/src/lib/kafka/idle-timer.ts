import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

interface RequestQueue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: unknown;
  scheduleCheckPendingRequests(): void;
}

/**
 * Each connection of the client has a timer for requests that were held back, which runs every millisecond also where
 * there are none: 50 ms of CPU a second for a process that does nothing. Here it runs where there are some.
 */
export function quietIdleTimer(): void {
  const { prototype }: { prototype: RequestQueue } = require("kafkajs/src/network/requestQueue");
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleWhereNeeded(this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}
