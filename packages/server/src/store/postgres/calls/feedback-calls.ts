import type { FeedbackStore } from "../../../ports/store/feedback.ts";
import type { PostgresCalls } from "../context.ts";
import { claimOnce } from "./claim-once.ts";
import { recordFeedback } from "./record-feedback.ts";
import { sweepSoftBounces } from "./soft-bounces.ts";

/** What feedback asks of the store. */
export const feedbackCalls: Pick<PostgresCalls, keyof FeedbackStore> = { recordFeedback, claimOnce, sweepSoftBounces };
