import { sealContext } from "../../domain/event-payload.ts";
import type { DigestEntry, GatheredWindow, WindowEnd } from "../../ports/store/digests.ts";
import type { NewDecision, RunProgress, RunRecord } from "../../ports/store/orchestrate.ts";
import { digestResult, openEntry } from "./digest-content.ts";
import type { OpenRun, RunServices } from "./open-run.ts";
import { programOf } from "./programs.ts";
import { decision } from "./run-output.ts";

interface Closing {
  progress: RunProgress;
  window: WindowEnd;
  decisions: NewDecision[];
}

/**
 * Closes a window: what it has gathered becomes the result of its step, which is journalled before anything reads it, and
 * the run goes on behind the step. Throws where an entry does not open.
 */
export function closeDigest(
  record: RunRecord,
  window: GatheredWindow,
  { frame }: OpenRun,
  { keyring }: Pick<RunServices, "keyring">,
): Closing {
  const instruction = programOf(frame.workflow.document)[record.step];
  if (instruction?.op !== "step" || instruction.step.type !== "digest")
    throw new RangeError("the run does not stand at a digest");
  const { step } = instruction;
  const isOver = ({ expiresAt }: DigestEntry) => expiresAt !== null && expiresAt <= frame.now;
  const decisions = window.entries.filter(isOver).map((entry) => ({
    ...decision(frame, record.recipient, {
      step: step.id,
      channel: "",
      outcome: "not_sent",
      reason: "expired",
      detail: frame.id,
    }),
    eventId: entry.eventId,
    runId: entry.runId,
  }));
  const entries = window.entries.filter((entry) => !isOver(entry));
  const [first] = entries;
  if (first === undefined) {
    const what = { step: step.id, channel: "", outcome: "not_sent", reason: "digest_empty", detail: "" };
    decisions.push(decision(frame, record.recipient, what));
    return { progress: { kind: "completed" }, window: closed(window, record), decisions };
  }
  const result = digestResult(entries.map((entry) => openEntry(record.environmentId, entry, keyring)));
  const text = JSON.stringify({ ...frame.journal, [step.id]: result });
  const journal = keyring.sealForEnvironment(record.environmentId, sealContext.journal, text);
  return {
    progress: { kind: "wait", step: record.step + 1, dueAt: record.dueAt, journal },
    window: { ...closed(window, record), eventId: first.eventId },
    decisions,
  };
}

/** The window goes, as it was read. */
export function closed({ version }: GatheredWindow, { event }: RunRecord) {
  return { kind: "close" as const, version, eventId: event.id };
}
