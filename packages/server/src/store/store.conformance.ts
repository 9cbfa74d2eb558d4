import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { acceptConformance } from "./conformance/accept.conformance.ts";
import { allowancesConformance } from "./conformance/allowances.conformance.ts";
import { attemptsConformance } from "./conformance/attempts.conformance.ts";
import { attentionConformance } from "./conformance/attention.conformance.ts";
import { attentionSweepConformance } from "./conformance/attention-sweep.conformance.ts";
import { audienceConformance } from "./conformance/audience.conformance.ts";
import { campaignsConformance } from "./conformance/campaigns.conformance.ts";
import { changeEventsConformance } from "./conformance/change-events.conformance.ts";
import { choiceSuppressionsConformance } from "./conformance/choice-suppressions.conformance.ts";
import { choicesConformance } from "./conformance/choices.conformance.ts";
import { collapseConformance } from "./conformance/collapse.conformance.ts";
import { configurationConformance } from "./conformance/configuration.conformance.ts";
import { type OpenStore, openCorner, type StoreUnderTest, times } from "./conformance/corner.conformance.ts";
import { deadLettersConformance } from "./conformance/dead-letters.conformance.ts";
import { dedupeConformance } from "./conformance/dedupe.conformance.ts";
import { derivedConformance } from "./conformance/derived.conformance.ts";
import { digestsConformance } from "./conformance/digests.conformance.ts";
import { documentsConformance } from "./conformance/documents.conformance.ts";
import { dryRunConformance } from "./conformance/dry-run.conformance.ts";
import { dueConformance } from "./conformance/due.conformance.ts";
import { effectsConformance } from "./conformance/effects.conformance.ts";
import { eventTurnConformance } from "./conformance/event-turn.conformance.ts";
import { feedbackConformance } from "./conformance/feedback.conformance.ts";
import { feedbackLoadConformance } from "./conformance/feedback-load.conformance.ts";
import { feedbackOnceConformance } from "./conformance/feedback-once.conformance.ts";
import { firstTurnConformance } from "./conformance/first-turn.conformance.ts";
import { inboundMailConformance } from "./conformance/inbound-mail.conformance.ts";
import { inboxConformance } from "./conformance/inbox.conformance.ts";
import { inboxModelConformance } from "./conformance/inbox-model.conformance.ts";
import { keywordAnswersConformance } from "./conformance/keyword-answers.conformance.ts";
import { keywordsConformance } from "./conformance/keywords.conformance.ts";
import { logConformance } from "./conformance/log.conformance.ts";
import { orderConformance } from "./conformance/order.conformance.ts";
import { pausesConformance } from "./conformance/pauses.conformance.ts";
import { probesConformance } from "./conformance/probes.conformance.ts";
import { purgeCampaignsConformance } from "./conformance/purge-campaigns.conformance.ts";
import { recentConformance } from "./conformance/recent.conformance.ts";
import { recipientDecisionsConformance } from "./conformance/recipient-decisions.conformance.ts";
import { recipientWebhooksConformance } from "./conformance/recipient-webhooks.conformance.ts";
import { recipientsConformance } from "./conformance/recipients.conformance.ts";
import { replaysConformance } from "./conformance/replays.conformance.ts";
import { runsConformance } from "./conformance/runs.conformance.ts";
import { segmentsConformance } from "./conformance/segments.conformance.ts";
import { settleConformance } from "./conformance/settle.conformance.ts";
import { softBouncesConformance } from "./conformance/soft-bounces.conformance.ts";
import { sourceLettersConformance } from "./conformance/source-letters.conformance.ts";
import { statisticsConformance } from "./conformance/statistics.conformance.ts";
import { sumsConformance } from "./conformance/sums.conformance.ts";
import { sunsetConformance } from "./conformance/sunset.conformance.ts";
import { suppressionsConformance } from "./conformance/suppressions.conformance.ts";
import { tenantsConformance } from "./conformance/tenants.conformance.ts";
import { throttlesConformance } from "./conformance/throttles.conformance.ts";
import { topicsConformance } from "./conformance/topics.conformance.ts";
import { waitsConformance } from "./conformance/waits.conformance.ts";
import { watchesConformance } from "./conformance/watches.conformance.ts";
import { webhookCallsConformance } from "./conformance/webhook-calls.conformance.ts";
import { webhookLinesConformance } from "./conformance/webhook-lines.conformance.ts";
import { webhookOutboxConformance } from "./conformance/webhook-outbox.conformance.ts";
import { putConfiguration } from "./conformance/write-configuration.conformance.ts";

/** What every engine of the Store port must do. The tests share one store, each in a corner of its own. */
export function storeConformance(name: string, open: OpenStore): void {
  describe(`store: ${name}`, () => {
    let shared: StoreUnderTest;
    beforeAll(async () => {
      shared = await open();
    });
    afterAll(() => shared.close());
    const corner = () => openCorner(shared.store);

    acceptConformance(corner);
    dueConformance(corner);
    eventTurnConformance(corner);
    firstTurnConformance(corner);
    dedupeConformance(corner);
    recipientsConformance(corner);
    recentConformance(corner);
    choicesConformance(corner);
    choiceSuppressionsConformance(corner);
    keywordsConformance(corner);
    keywordAnswersConformance(corner);
    changeEventsConformance(corner);
    suppressionsConformance(corner);
    runsConformance(corner);
    effectsConformance(corner);
    digestsConformance(corner);
    throttlesConformance(corner);
    waitsConformance(corner);
    watchesConformance(corner);
    attemptsConformance(corner);
    settleConformance(corner);
    allowancesConformance(corner);
    pausesConformance(corner);
    attentionConformance(corner);
    attentionSweepConformance(corner);
    collapseConformance(corner);
    orderConformance(corner);
    sunsetConformance(corner);
    feedbackConformance(corner);
    feedbackOnceConformance(corner);
    inboundMailConformance(corner);
    softBouncesConformance(corner);
    feedbackLoadConformance(corner, () => shared.softBounces);
    deadLettersConformance(corner);
    sourceLettersConformance(corner);
    inboxConformance(corner);
    inboxModelConformance(corner);
    configurationConformance(corner);
    probesConformance(corner);
    documentsConformance(corner);
    tenantsConformance(corner);
    topicsConformance(corner);
    audienceConformance(corner);
    segmentsConformance(corner);
    campaignsConformance(corner);
    replaysConformance(corner);
    derivedConformance(corner);
    purgeCampaignsConformance(corner);
    logConformance(corner);
    recipientDecisionsConformance(corner);
    dryRunConformance(corner);
    sumsConformance(corner);
    statisticsConformance(corner);
    webhookOutboxConformance(corner);
    webhookCallsConformance(corner);
    webhookLinesConformance(corner);
    recipientWebhooksConformance(corner);

    test("calls made at once are all answered, each with its own answer", async () => {
      const { store, environmentId, at } = await corner();
      const keys = times(300, (index) => `k${index}`);
      const rows = await Promise.all(
        keys.map((key) =>
          putConfiguration(store, {
            environmentId,
            kind: "template",
            key,
            document: key,
            secrets: null,
            secretNames: [],
            now: at,
          }),
        ),
      );
      expect(rows.map((row) => row.document)).toEqual(keys);
      expect(new Set(rows.map((row) => row.sequence)).size).toBe(keys.length);
    });

    test("all that was answered is there after a crash, and closing twice is safe", async () => {
      const own = await open();
      try {
        const { environmentId, at, ...mine } = await openCorner(own.store);
        const message = await (await openCorner(own.store)).queued();
        const store = (await own.reopen?.()) ?? own.store;
        expect(mine.store).toBe(own.store);
        expect(
          await store.dueMessages({ lane: "transactional", channel: "email", now: at, limit: 10, node: "n" }),
        ).toEqual([message.id]);
        expect((await store.listEnvironments({})).some(({ id }) => id === environmentId)).toBe(true);
        await Promise.all([store.close(), store.close()]);
        await store.close();
      } finally {
        await own.close();
      }
    });
  });
}
