import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { PipelineObserver } from "./pipeline-parts.ts";

/** What the stages tell, as metrics and log lines. */
export function pipelineObserver(metrics: Metrics, log: Log): PipelineObserver {
  return {
    ...outboundObserver(metrics, log),
    ...dayObserver(log),
    onDurable(lane, events, tookMs) {
      if (events === 0) return;
      metrics.accepted[lane].inc(events);
      metrics.stages.accept[lane].observe(tookMs / 1000, events);
    },
    onOrchestrated(lane, waitedMs) {
      metrics.stages.orchestrate[lane].observe(waitedMs / 1000);
    },
    onStarted(delivery, _integration, sinceCreatedMs) {
      metrics.stages.accept_to_provider[delivery.origin.lane].observe(Math.max(0, sinceCreatedMs) / 1000);
    },
    onOutcome(delivery, integration, outcome, tookMs) {
      const { provider } = integration.document;
      const cells = metrics.delivery(delivery.origin.channel, delivery.origin.lane, provider);
      const name = outcome.status === "rejected" ? (`rejected_${outcome.kind}` as const) : outcome.status;
      cells[name].inc();
      metrics.providerCall(provider, delivery.origin.channel).observe(tookMs / 1000);
      if (outcome.status === "accepted") return;
      log.info("an attempt was not accepted", {
        messageId: delivery.id,
        eventId: delivery.eventId,
        integration: integration.key,
        outcome: outcome.status,
        code: outcome.code,
        attempt: delivery.attempts + 1,
      });
    },
    onHeldBack(delivery, integration, status) {
      metrics.delivery(delivery.origin.channel, delivery.origin.lane, integration.document.provider)[status].inc();
    },
    onOverflow(lane) {
      log.debug("a message was put off, as a buffer is full", { lane });
    },
    onCircuit({ environmentId, key }, destination, cause) {
      const fields = { environmentId, integration: key, ...(destination === "" ? {} : { destination }) };
      if (cause === undefined) log.info("an integration takes messages again", fields);
      else log.warn("an integration is avoided", { ...fields, reason: cause });
    },
    onTemplateFailure({ environmentId, template, templateVersion: version, channel }, detail, isFirst) {
      metrics.templates.failed(template);
      if (isFirst)
        log.error("a template fails", {
          environmentId,
          kind: "template",
          key: template,
          version,
          channel,
          reason: detail,
        });
    },
    onRunaway: runawayObserver(metrics, log),
    onFault(where, id, error) {
      log.error("a stage met a fault", { stage: where, ...(id === "" ? {} : { kind: "item", key: id }), error });
    },
  };
}

/** What days' allowances hold back. */
function dayObserver(log: Log): Pick<PipelineObserver, "onUsedUp" | "onWarmUp" | "onPutOffToNextDay"> {
  return {
    onUsedUp(environmentId, key, reason) {
      log.warn("of a day's allowance nothing is left", { environmentId, kind: "allowance", key, reason });
    },
    onWarmUp({ environmentId, key }, stopped) {
      const fields = { environmentId, integration: key };
      if (stopped === undefined) log.info("an integration goes on to warm up", fields);
      else
        log.warn("an integration is avoided: too many bounce for it to warm up", {
          ...fields,
          reason: "warm_up_stopped",
          outcome: `${stopped.bounced} of ${stopped.sent} bounced`,
        });
    },
    onPutOffToNextDay({ origin: { lane } }, reason) {
      log.debug("a message waits for the next day", { lane, reason });
    },
  };
}

/** Roots whose line was written and is not written again; with more of them the first is forgotten. */
const toldMax = 1000;

/** A line for each root, and not one for each of the thousands of events that it may have led to. */
function runawayObserver(metrics: Metrics, log: Log): PipelineObserver["onRunaway"] {
  const told = new Set<string>();
  return (environmentId, root, reason) => {
    metrics.runaways[reason].inc();
    if (told.has(root)) return;
    const first = told.size < toldMax ? undefined : told.values().next().value;
    if (first !== undefined) told.delete(first);
    told.add(root);
    log.error("workflows start each other without end: what came of an event was stopped", {
      environmentId,
      eventId: root,
      reason,
    });
  };
}

/** The same of what goes to others than providers, fetch steps and webhooks, and of what readers do. */
function outboundObserver(
  metrics: Metrics,
  log: Log,
): Pick<PipelineObserver, "onFetched" | "onWebhookCalled" | "onWebhookDisabled" | "onVisits"> {
  return {
    onVisits: (kind, result, count) => metrics.visits.count(kind, result, count),
    onFetched(runId, step, answer, tookMs) {
      metrics.fetch.tries[answer.status === "answered" ? "answered" : answer.kind].inc();
      metrics.fetch.seconds.observe(tookMs / 1000);
      if (answer.status === "answered") return;
      log.info("a fetch step was not answered", { runId, step, outcome: answer.kind, code: answer.code });
    },
    onWebhookCalled({ id, webhookId, attempts }, answer, dead, tookMs) {
      metrics.webhooks.calls[answer.status].inc();
      metrics.webhooks.seconds.observe(tookMs / 1000);
      if (dead) metrics.webhooks.dead.inc();
      if (answer.status === "taken") return;
      log.info("a webhook call was not taken", {
        kind: "webhook",
        key: webhookId,
        callId: id,
        outcome: dead ? "dead" : "retried",
        code: answer.code,
        attempt: attempts + 1,
      });
    },
    onWebhookDisabled(webhookId, reason) {
      metrics.webhooks.disabled[reason].inc();
      log.warn("a webhook was disabled: nothing is sent to it until it is enabled", {
        kind: "webhook",
        key: webhookId,
        reason,
      });
    },
  };
}
