import { afterAll, beforeAll, describe } from "vitest";
import { brokerLostSuite } from "./broker-lost.ts";
import { choicesInForceSuite } from "./choices-in-force.ts";
import { cutOffBrokerSuite } from "./cut-off-broker.ts";
import { cutOffWorkerSuite } from "./cut-off-worker.ts";
import { databaseLostSuite } from "./database-lost.ts";
import type { Engine, EngineDescription } from "./engines.ts";
import { inForceSuite } from "./in-force.ts";
import { killsSuite } from "./kills.ts";
import { leavingSuite } from "./leaving.ts";
import { optOutCampaignSuite } from "./opt-out-campaign.ts";
import { sharedRateSuite } from "./shared-rate.ts";
import { shutOutSuite } from "./shut-out.ts";
import { stoppedWorkerSuite } from "./stopped-worker.ts";

/** What takes long, and is nearly the same on both engines, or is in the crash suite too; `npm run acceptance` runs all. */
const isWhole = process.env["TIDINGS_TEST_WHOLE"] !== undefined;

/** What several processes do together, which share an engine. */
export function processesSuite(description: EngineDescription): void {
  const reason = description.whyNot();
  const name = `processes on ${description.name}${reason === undefined ? "" : ` (${reason})`}`;
  // In CI a missing server is a failure; elsewhere the suite is skipped, and its name says why.
  describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(name, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await description.start();
    });
    afterAll(() => engine.remove());
    killsSuite(() => engine, description.kind);
    if (isWhole || description.kind === "rows") {
      stoppedWorkerSuite(() => engine);
      leavingSuite(() => engine);
    }
    if (description.kind === "broker") {
      cutOffBrokerSuite(description);
      brokerLostSuite(() => engine);
      return;
    }
    // What a broker has no part in.
    inForceSuite(() => engine);
    choicesInForceSuite(() => engine);
    if (isWhole) optOutCampaignSuite(() => engine);
    sharedRateSuite(() => engine);
    shutOutSuite(() => engine);
    cutOffWorkerSuite(description);
    databaseLostSuite(description);
  });
}
