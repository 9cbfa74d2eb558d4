import type { WorkflowBody } from "@tidings/contract/workflows";
import { sealContext } from "../../../domain/event-payload.ts";
import type { Json } from "../../../domain/steps/step-kind.ts";
import { waitFields } from "../../../domain/steps/wait-for-step.ts";
import type {
  DigestJoin,
  EventRecord,
  EventTurn,
  NewRun,
  RecipientRecord,
  RunMessage,
  RunProgress,
  RunRecord,
  RunTurn,
} from "../../../ports/store/orchestrate.ts";
import type { RunWait } from "../../../ports/store/waits.ts";
import type { OrchestrateKeyring } from "../ports.ts";
import { programOf } from "../programs.ts";

/** Nobody else reports anything in a dry run. */
const nothingArrived: RunWait = { rowEventId: null, eventId: null, event: null };

/** The runs that a first turn leaves waiting, as the store would give them back when they are due. */
export function runsOf(
  turn: EventTurn,
  joins: readonly DigestJoin[],
  alive: (runId: string) => boolean,
  event: EventRecord,
  stored: readonly RecipientRecord[],
): RunRecord[] {
  const records = new Map(stored.map((record) => [record.id, record]));
  for (const write of turn.recipients) {
    const known = records.get(write.id);
    records.set(write.id, { ...write, version: 1 + (known?.version ?? 0), choices: known?.choices ?? null });
  }
  const part = { id: event.id, tenant: event.tenant, payload: event.payload, trace: null };
  const recordOf = (run: NewRun) =>
    newRecord(run, { event: part, recipientRecord: records.get(run.recipient) ?? null });
  return [
    ...turn.runs.filter(({ id }) => alive(id)).map(recordOf),
    ...joins
      .filter(({ runId }) => alive(runId))
      .map((join) => gathering({ event: part, recipientRecord: records.get(join.gatherer.recipient) ?? null }, join)),
  ];
}

function newRecord(run: NewRun, known: Pick<RunRecord, "event" | "recipientRecord">): RunRecord {
  return {
    ...run,
    ...known,
    effect: run.effectKey === null ? null : { attempts: 0, dueAt: run.dueAt },
    wait: run.awaited === undefined ? null : nothingArrived,
    watch: run.watch === undefined ? null : { ...run.watch, told: null },
    window: null,
    messages: [],
  };
}

/** Runs that a turn of a run leaves watching its messages. */
export function watchingOf(record: RunRecord, { runs = [] }: RunTurn): RunRecord[] {
  return runs.map((run) => newRecord(run, record));
}

/** The run of a window that nobody else joins: of a step, or of a category for a recipient who asked for it. */
export function gathering(
  { event, recipientRecord }: Pick<RunRecord, "event" | "recipientRecord">,
  join: DigestJoin,
): RunRecord {
  const { runId, eventId, at, expiresAt, content, gatherer, closesAt } = join;
  return {
    ...gatherer,
    event,
    recipientRecord,
    dueAt: closesAt,
    effect: null,
    wait: null,
    watch: null,
    messages: [],
    window: { version: 1, entries: [{ runId, eventId, at, expiresAt, content }] },
  };
}

/** Digests that turns of runs open, each with what it gathers first. */
export function gatheringOf(
  planned: readonly { record: RunRecord; planned: { turn: RunTurn } }[],
  joins: readonly DigestJoin[],
): RunRecord[] {
  const byRun = new Map(planned.map(({ record }) => [record.id, record]));
  return joins.flatMap((join) => {
    const record = byRun.get(join.runId);
    return record === undefined ? [] : [gathering(record, join)];
  });
}

/** The run as its next turn finds it, where the last one left it waiting. */
export function nextOf(
  record: RunRecord,
  progress: RunProgress,
  messages: readonly RunMessage[],
): RunRecord | undefined {
  const left = { ...record, messages, window: null, wait: null };
  if (progress.kind === "wait") {
    const { step, dueAt, journal, awaited } = progress;
    return { ...left, step, dueAt, journal, wait: awaited === undefined ? null : nothingArrived };
  }
  if (progress.kind !== "effect") return undefined;
  const { step, baseAt, journal, dueAt } = progress;
  return { ...left, step, dueAt: baseAt, journal, effect: { attempts: 0, dueAt } };
}

/** The run at its next turn, where the event for which it waits arrives as soon as it does. */
export function arrivedIn(
  record: RunRecord,
  workflow: WorkflowBody,
  data: { [key: string]: Json },
  keyring: OrchestrateKeyring,
): RunRecord {
  const instruction = programOf(workflow)[record.step];
  if (instruction?.op !== "step") throw new RangeError("the run stands at no step");
  const { id, event: name, timeoutSeconds } = waitFields(instruction.step);
  const dueAt = record.dueAt - timeoutSeconds * 1000;
  const event = { name, at: new Date(dueAt).toISOString(), data };
  return answered({ ...record, dueAt }, id, { arrived: true, event }, keyring);
}

/** The run with what a step has answered, as it is journalled before anything reads it. */
export function answered(record: RunRecord, step: string, answer: Json, keyring: OrchestrateKeyring): RunRecord {
  const { environmentId, journal } = record;
  const before: object =
    journal === null ? {} : JSON.parse(keyring.unsealForEnvironment(environmentId, sealContext.journal, journal));
  const text = JSON.stringify({ ...before, [step]: answer });
  return {
    ...record,
    journal: keyring.sealForEnvironment(environmentId, sealContext.journal, text),
    effect: null,
    wait: null,
  };
}
