import { vi } from "vitest";
import type { Api } from "../../harness/api.ts";
import type { Acknowledged } from "../../harness/event-load.ts";
import type { Member } from "./cluster.ts";
import { postEvents } from "./post-events.ts";
import { workerOf } from "./workers-view.ts";

const postedAtOnce = 10;

/**
 * Posts events, a few at a time, until a process has some of their messages under way, and gives all that were acknowledged.
 * Whoever looks first takes all that is due: a process gets its part once it is first.
 */
export async function postUntilBusy(api: Api, member: Member, timeoutMs = 30_000): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  await vi.waitUntil(
    async () => {
      acknowledged.push(...(await postEvents(api, "transactional", postedAtOnce)));
      return ((await workerOf(api, member))?.inFlight ?? 0) > 0;
    },
    { timeout: timeoutMs, interval: 200 },
  );
  return acknowledged;
}
