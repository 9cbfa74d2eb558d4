import type { RunPlan } from "../../domain/run-plan.ts";
import type { RunProgress, RunRecord } from "../../ports/store/orchestrate.ts";
import { effectKey } from "./effect-key.ts";
import type { RunFrame } from "./run-frame.ts";
import { awaitedKey } from "./waiting.ts";

/** Where a turn leaves its run. */
export function progressOf(record: RunRecord, frame: RunFrame, end: RunPlan["end"], now: number): RunProgress {
  const { dueAt, tenant, journal, recipient, event } = record;
  switch (end.kind) {
    case "done":
    case "gather":
      return { kind: "completed" };
    case "wait":
      return { kind: "wait", step: end.at, dueAt: end.dueAt, journal };
    case "await": {
      const awaited = awaitedKey(frame, recipient, event.tenant, end.wait);
      return { kind: "wait", step: end.at, dueAt: end.dueAt, journal, awaited };
    }
    case "effect": {
      const key = effectKey(end.fetch, tenant);
      return { kind: "effect", step: end.at, baseAt: dueAt, dueAt: now, key, attempts: 0, journal };
    }
  }
}
