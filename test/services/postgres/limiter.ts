import { afterAll } from "vitest";
import { limiterConformance } from "../../../packages/server/src/limiter/limiter.conformance.ts";
import { SharedLimiter } from "../../../packages/server/src/limiter/shared.ts";
import type { Window } from "../../../packages/server/src/limiter/window.ts";
import { RateWindows } from "../../../packages/server/src/store/postgres/rate-windows.ts";
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
    const limiter = new SharedLimiter(new RateWindows<Window>((await shared).pool));
    benches += 1;
    const own = benches;
    return {
      limiter: {
        take: (key, perSecond, count, unused) => limiter.take(`${own} ${key}`, perSecond, count, unused),
      },
      now: () => Date.now(),
      pass: (ms) => pause(Math.max(0, ms)),
    };
  });
}
