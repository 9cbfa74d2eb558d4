import { placedSteps } from "@tidings/contract/workflow-steps";
import type { Step } from "@tidings/contract/workflows";

/** By what runs that wait for events of one name tell theirs from others. */
export interface AwaitedPattern {
  /** Whether the run's recipient has to be among the event's. */
  sameRecipient: boolean;
  /** Paths into the arriving event's data whose values the run knows, in order. */
  paths: readonly string[];
  /** How long an arrival is kept for runs that come to the step later, ms. */
  keptMs: number;
}

/** A step that waits, as its workflow's events and runs are to be treated. */
export interface AwaitedEvent extends AwaitedPattern {
  event: string;
  /** A run that begins now waits no longer than until then, ms from now. */
  spanMs: number;
}

const dayMs = 86_400_000;
/** What a run may take longer than its steps say: servers that were down, events that were held. */
const slackMs = dayMs;
const fetchMs = 3_600_000;

/** What a workflow waits for. Times are bounds: those of all branches are added up. */
export function awaitedEvents(steps: readonly Step[]): AwaitedEvent[] {
  const found: AwaitedEvent[] = [];
  let before = 0;
  for (const { step } of placedSteps(steps)) {
    if (step.type === "wait_for") {
      const { event, match = {}, recipient, timeoutSeconds } = step;
      found.push({
        event,
        sameRecipient: recipient !== "any",
        paths: Object.values(match).sort(),
        keptMs: before + slackMs,
        spanMs: before + timeoutSeconds * 1000 + slackMs,
      });
    }
    before += longestMs(step);
  }
  return found;
}

/** How long a run stands at a step at most. */
function longestMs(step: Step): number {
  if (step.type === "delay") return step.seconds === undefined ? 8 * dayMs : step.seconds * 1000;
  if (step.type === "wait_for") return step.timeoutSeconds * 1000;
  if (step.type === "fetch") return fetchMs;
  if (step.type !== "digest") return 0;
  const { window } = step;
  if (window.kind === "fixed") return window.seconds * 1000;
  return window.kind === "sliding" ? window.maxSeconds * 1000 : 8 * dayMs;
}

/** Each pattern once, with the longest time that one of its steps asks for. */
export function patternsOf(awaited: readonly AwaitedPattern[]): AwaitedPattern[] {
  const patterns = new Map<string, AwaitedPattern>();
  for (const { sameRecipient, paths, keptMs } of awaited) {
    const name = JSON.stringify([sameRecipient, paths]);
    const known = patterns.get(name);
    patterns.set(name, { sameRecipient, paths, keptMs: Math.max(keptMs, known?.keptMs ?? 0) });
  }
  return [...patterns.values()];
}
