import { softBounceRule } from "../domain/soft-bounces.ts";
import { Feedback } from "../pipeline/feedback/feedback.ts";
import { Visits } from "../pipeline/feedback/visits.ts";
import type { PipelineParts } from "./pipeline-parts.ts";

/** The feedback stage with the limits of the settings, and what tracked mail tells on its way there. */
export function createFeedback({ store, clock, config, configuration, observer }: PipelineParts): {
  feedback: Feedback;
  visits: Visits;
} {
  const { batchMax, waitingMax } = config.feedback;
  const feedback = new Feedback({
    store,
    clock,
    softBounces: (environmentId) => softBounceRule(configuration.policy(environmentId)?.document),
    limits: { batchMax, waitingMax, retryAfterSeconds: config.api.retryAfterSeconds },
  });
  const visits = new Visits({
    feedback,
    limits: { batchMax, waitingMax },
    onVisits: (kind, result, count) => observer.onVisits(kind, result, count),
  });
  return { feedback, visits };
}
