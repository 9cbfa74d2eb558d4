import { afterAll } from "vitest";
import { SystemClock } from "../../../packages/server/src/lib/system-clock.ts";
import type { Cadence } from "../../../packages/server/src/limiter/cadence.ts";
import { limiterConformance } from "../../../packages/server/src/limiter/limiter.conformance.ts";
import { SharedLimiter } from "../../../packages/server/src/limiter/shared.ts";
import { RateStates } from "../../../packages/server/src/store/postgres/rate-states.ts";
import { pause } from "../../harness/pause.ts";
import type { Postgres } from "../servers/postgres.ts";
import { openStore, ownDatabase } from "./database.ts";

/** Rates that processes share, on a real server and its clock. */
export function limiterSuite(name: string, server: () => Postgres): void {
  let shared: Promise<Awaited<ReturnType<typeof openStore>>> | undefined;
  afterAll(async () => (await shared)?.store.close());
  let benches = 0;
  limiterConformance(name, async () => {
    shared ??= ownDatabase(server()).then((url) => openStore(url));
    const limiter = new SharedLimiter(new RateStates<Cadence>((await shared).pool), new SystemClock());
    benches += 1;
    const own = benches;
    return {
      limiter: {
        take: (key, perSecond, asked) => limiter.take(`${own} ${key}`, perSecond, asked),
      },
      now: () => performance.now(),
      pass: (ms) => pause(Math.max(0, ms)),
    };
  });
}
