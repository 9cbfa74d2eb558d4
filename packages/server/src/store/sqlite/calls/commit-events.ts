import type { DedupeClaim, EventTurn, NewRun, TurnResult } from "../../../ports/store/orchestrate.ts";
import { eventStateCode, laneCode, runStateCode } from "../codes.ts";
import type { Call, CallContext } from "../context.ts";
import type { Database } from "../database.ts";
import { insertDeadLetter } from "./dead-letter.ts";
import { insertDecision } from "./insert-decision.ts";
import { insertMessage } from "./insert-message.ts";
import { writeRecipient } from "./write-recipient.ts";

export const commitEvents: Call<"commitEvents"> = (context, { turns }) => turns.map((turn) => commit(context, turn));

function commit(context: CallContext, turn: EventTurn): TurnResult {
  const { database } = context;
  if (!advance(database, turn)) return { status: "lost" };
  for (const recipient of turn.recipients) writeRecipient(database, recipient);
  const dropped = turn.dedupe.filter((claim) => !claimDedupe(database, claim));
  const lost = new Set(dropped.map((claim) => claim.runId));
  for (const claim of dropped) insertDecision(database, claim.decision);
  for (const run of turn.runs) if (!lost.has(run.id)) insertRun(database, run);
  for (const message of turn.messages) if (!lost.has(message.runId)) insertMessage(context, message);
  for (const decision of turn.decisions) if (!lost.has(decision.runId)) insertDecision(database, decision);
  for (const lane of turn.otherLanes) insertContinuation(database, turn, lane);
  if (turn.progress.kind === "dead") {
    const { reason, detail } = turn.progress;
    insertDeadLetter(database, {
      environmentId: turn.environmentId,
      id: turn.eventId,
      kind: "event",
      channel: null,
      reason,
      detail,
      at: turn.now,
    });
  }
  return { status: "committed", dropped: [...lost] };
}

/** Compare-and-set on the cursor: who finds it moved on lost the turn to another. */
function advance(database: Database, turn: EventTurn): boolean {
  const settled = turn.progress.kind !== "continue";
  const cursor = turn.progress.kind === "continue" ? turn.progress.cursor : turn.cursor;
  const dueAt = settled ? null : turn.now;
  if (turn.continuation) {
    // Done, it goes: what stays without a due time is dead, and is what a replay brings back.
    if (turn.progress.kind === "done") {
      return (
        database.run(
          "delete from continuation where event_id = ? and lane = ? and cursor = ? and due_at is not null",
          turn.eventId,
          laneCode[turn.lane],
          turn.cursor,
        ) === 1
      );
    }
    return (
      database.run(
        "update continuation set cursor = ?, due_at = ? where event_id = ? and lane = ? and cursor = ? and due_at is not null",
        cursor,
        dueAt,
        turn.eventId,
        laneCode[turn.lane],
        turn.cursor,
      ) === 1
    );
  }
  const state = turn.progress.kind === "continue" ? "accepted" : turn.progress.kind;
  return (
    database.run(
      `update event set cursor = ?, due_at = ?, state = ?, inline = case when ? then null else inline end
       where id = ? and cursor = ? and state = ${eventStateCode.accepted}`,
      cursor,
      dueAt,
      eventStateCode[state],
      turn.clearInline ? 1 : 0,
      turn.eventId,
      turn.cursor,
    ) === 1
  );
}

/** The claim holds for its window; the same run may claim again, so that a turn that runs again finds it still its own. */
function claimDedupe(database: Database, claim: DedupeClaim): boolean {
  return (
    database.run(
      `insert into dedupe (environment_id, hash, run_id, expires_at) values (?, ?, ?, ?)
       on conflict do update set run_id = excluded.run_id, expires_at = excluded.expires_at
       where expires_at <= ? or run_id = excluded.run_id`,
      claim.environmentId,
      claim.hash,
      claim.runId,
      claim.expiresAt,
      claim.now,
    ) === 1
  );
}

function insertRun(database: Database, run: NewRun): void {
  database.run(
    `insert into run (id, environment_id, event_id, workflow, workflow_version, recipient, tenant, lane, state, step, due_at, expires_at,
       cancellation_hash, journal, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ${runStateCode.waiting}, ?, ?, ?, ?, ?, ?)
     on conflict do nothing`,
    run.id,
    run.environmentId,
    run.eventId,
    run.workflow,
    run.workflowVersion,
    run.recipient,
    run.tenant,
    laneCode[run.lane],
    run.step,
    run.dueAt,
    run.expiresAt,
    run.cancellationHash,
    run.journal,
    run.createdAt,
  );
}

function insertContinuation(database: Database, turn: EventTurn, lane: EventTurn["lane"]): void {
  database.run(
    `insert into continuation (event_id, lane, tenant, cursor, due_at)
     select id, ?, tenant, 0, ? from event where id = ?
     on conflict do nothing`,
    laneCode[lane],
    turn.now,
    turn.eventId,
  );
}
