import type { DigestStep } from "@tidings/contract/digest-step";
import { closesAt } from "../../domain/digest-window.ts";
import type { DigestJoin } from "../../ports/store/orchestrate.ts";
import { digestContent } from "./digest-content.ts";
import { newRun } from "./new-run.ts";
import type { Person } from "./person.ts";
import type { OrchestrateDependencies } from "./ports.ts";
import type { RunFrame } from "./run-frame.ts";
import { decision } from "./run-output.ts";
import { stepKey } from "./step-key.ts";
import type { LevelsSource } from "./timing-levels.ts";
import { zoneOfRun } from "./zone-of-run.ts";

/** The joining of a run that has come to a digest at `at`. `receivedAt` is its event's. */
export function digestJoin(
  frame: RunFrame,
  person: Person,
  { digest, at }: { digest: DigestStep; at: number },
  receivedAt: number,
  source: Pick<OrchestrateDependencies, "ids" | "keyring" | "limits"> & LevelsSource,
): DigestJoin {
  const { ids, keyring, limits } = source;
  const { environmentId, eventId, now } = frame;
  const { window, maxEvents = limits.digest.eventsMax } = digest;
  const { sealed: content, bytes } = digestContent(frame, keyring);
  const end = closesAt(window, now, zoneOfRun(frame, person, source));
  return {
    environmentId,
    keyHash: stepKey(frame, person.id, digest),
    runId: frame.id,
    eventId,
    at: receivedAt,
    expiresAt: frame.expiresAt,
    content,
    bytes,
    now,
    closesAt: end,
    slides: window.kind === "sliding" ? { byMs: window.seconds * 1000, maxMs: window.maxSeconds * 1000 } : null,
    eventsMax: Math.min(maxEvents, limits.digest.eventsMax),
    bytesMax: limits.digest.bytesMax,
    gatherer: newRun(frame, person.id, {
      id: ids.derive(now, "digest", frame.id, digest.id),
      step: at,
      dueAt: end,
      expiresAt: null,
      cancellationHash: null,
      gathers: true,
    }),
    decision: decision(frame, person.id, {
      step: digest.id,
      channel: "",
      outcome: "gathered",
      reason: "digest",
      detail: "",
    }),
  };
}
