import type { WaitForStep } from "@tidings/contract/wait-for-step";
import { openPayload } from "../../domain/event-payload.ts";
import type { Json } from "../../domain/steps/step-kind.ts";
import { waitFields, waitForStep } from "../../domain/steps/wait-for-step.ts";
import { timeOfId } from "../../lib/ids.ts";
import type { RunRecord } from "../../ports/store/orchestrate.ts";
import type { AwaitedKey, RunWait } from "../../ports/store/waits.ts";
import type { OpenRun, RunServices } from "./open-run.ts";
import { programOf } from "./programs.ts";
import type { RunFrame } from "./run-frame.ts";
import { nobodysKey, plainValueAt, waitKey } from "./wait-key.ts";

/**
 * What a run waits for at the step. Events count from when the run's own was accepted: what comes while it is on its way to
 * the step is not missed. A value that is not there is that of no event, so such a run waits for its time alone.
 */
export function awaitedKey(
  frame: RunFrame,
  recipient: string,
  tenant: string,
  { event, match = {}, recipient: who }: WaitForStep,
): AwaitedKey {
  const values = Object.entries(match)
    .map(([own, path]) => [path, plainValueAt(frame.data, own)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { environmentId, eventId } = frame;
  const since = timeOfId(eventId);
  if (values.some(([, value]) => value === undefined)) return { keyHash: nobodysKey(frame.id), since };
  const key = { environmentId, event, tenant, recipient: who === "any" ? undefined : recipient, values };
  return { keyHash: waitKey(key), since };
}

/** The facts of a run whose wait is over: its step has a result. */
export function withArrival(record: RunRecord, wait: RunWait, run: OpenRun, services: RunServices): OpenRun {
  const instruction = programOf(run.frame.workflow.document)[record.step];
  if (instruction?.op !== "step" || instruction.step.type !== waitForStep.type)
    throw new RangeError("the run does not stand at a step that waits");
  const { id, event } = waitFields(instruction.step);
  const journal = { ...run.frame.journal, [id]: waitResult(record.environmentId, event, wait, services) };
  return { ...run, frame: { ...run.frame, journal }, facts: { ...run.facts, journal } };
}

/** What conditions and templates read of it. Data that is too large for a run's results is left out, and so it says. */
function waitResult(
  environmentId: number,
  name: string,
  { eventId, event }: RunWait,
  { keyring, limits }: Pick<RunServices, "keyring" | "limits">,
): Json {
  if (eventId === null) return { arrived: false };
  const at = new Date(timeOfId(eventId)).toISOString();
  const data = event === null ? {} : openPayload(event, environmentId, keyring).data;
  const isWhole = Buffer.byteLength(JSON.stringify(data)) <= limits.waits.dataBytesMax;
  const own = { name, id: eventId, at, data: isWhole ? data : {} };
  return { arrived: true, event: isWhole ? own : { ...own, truncated: true } };
}
