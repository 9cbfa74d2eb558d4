import { afterAll, beforeAll, describe } from "vitest";
import { storeMoveSuite } from "../move/suite.ts";
import { betweenSuite } from "../queue-between.ts";
import { type Postgres, startPostgres } from "../servers/postgres.ts";
import { type PostgresVersion, whyNoPostgres } from "../servers/postgres-programs.ts";
import { attentionSuite } from "./attention.ts";
import { broadcastSuite } from "./broadcast.ts";
import { connectionsSuite } from "./connections.ts";
import { ownDatabase } from "./database.ts";
import { documentsTogetherSuite } from "./documents-together.ts";
import { durabilitySuite } from "./durability.ts";
import { leavingWorkersSuite } from "./leaving-workers.ts";
import { limiterSuite } from "./limiter.ts";
import { looksSuite } from "./looks.ts";
import { manyDigestsSuite } from "./many-digests.ts";
import { orderSuite } from "./order.ts";
import { partsSuite } from "./parts.ts";
import { pausesTogetherSuite } from "./pauses-together.ts";
import { plansSuite } from "./plans.ts";
import { queueSuite } from "./queue.ts";
import { storeSuite } from "./store.ts";
import { watchesTogetherSuite } from "./watches-together.ts";
import { workTogetherSuite } from "./work-together.ts";
import { workerFactsSuite } from "./worker-facts.ts";
import { workersSuite } from "./workers.ts";

/** What takes long, and of which no version of PostgreSQL makes a difference, runs on the oldest alone; `npm run acceptance` runs all. */
const wholeVersion: PostgresVersion = "15";
const isWhole = process.env["TIDINGS_TEST_WHOLE"] !== undefined;

/** All that PostgreSQL does behind the ports, on a real server of that version. In CI a missing one is a failure. */
export function postgresSuites(version: PostgresVersion): void {
  const reason = whyNoPostgres(version);
  const name = `PostgreSQL ${version}${reason === undefined ? "" : ` (${reason})`}`;
  describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(name, () => {
    let server: Postgres;
    let hints = "";
    beforeAll(async () => {
      server = await startPostgres({ version });
      hints = await ownDatabase(server);
    });
    afterAll(() => server.remove());
    storeSuite(name, () => server);
    queueSuite(name, () => server);
    betweenSuite(name, () => server);
    looksSuite(() => server);
    if (isWhole || version === wholeVersion) limiterSuite(name, () => server);
    broadcastSuite(() => hints);
    workersSuite(() => server);
    leavingWorkersSuite(() => server);
    workerFactsSuite(() => server);
    partsSuite(() => server);
    plansSuite(() => server);
    documentsTogetherSuite(() => server);
    pausesTogetherSuite(() => server);
    watchesTogetherSuite(() => server);
    workTogetherSuite(() => server);
    attentionSuite(() => server);
    manyDigestsSuite(() => server);
    orderSuite(() => server);
    if (isWhole || version === wholeVersion) storeMoveSuite(() => server);
    durabilitySuite(version);
    connectionsSuite(version, () => server);
  });
}
