import { afterAll, beforeAll, describe } from "vitest";
import { brokerLostSuite } from "./processes/broker-lost.ts";
import { choicesInForceSuite } from "./processes/choices-in-force.ts";
import { cutOffBrokerSuite } from "./processes/cut-off-broker.ts";
import { cutOffWorkerSuite } from "./processes/cut-off-worker.ts";
import { databaseLostSuite } from "./processes/database-lost.ts";
import { type Engine, engines } from "./processes/engines.ts";
import { inForceSuite } from "./processes/in-force.ts";
import { killsSuite } from "./processes/kills.ts";
import { leavingSuite } from "./processes/leaving.ts";
import { optOutCampaignSuite } from "./processes/opt-out-campaign.ts";
import { sharedRateSuite } from "./processes/shared-rate.ts";
import { shutOutSuite } from "./processes/shut-out.ts";
import { stoppedWorkerSuite } from "./processes/stopped-worker.ts";

for (const description of engines) {
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
    stoppedWorkerSuite(() => engine);
    leavingSuite(() => engine);
    if (description.kind === "broker") {
      cutOffBrokerSuite(description);
      brokerLostSuite(() => engine);
      return;
    }
    // What a broker has no part in.
    inForceSuite(() => engine);
    choicesInForceSuite(() => engine);
    optOutCampaignSuite(() => engine);
    sharedRateSuite(() => engine);
    shutOutSuite(() => engine);
    cutOffWorkerSuite(description);
    databaseLostSuite(description);
  });
}
