import type { CallStart } from "../../../ports/store/call-start.ts";
import type { HeldMessage, NewMessage } from "../../../ports/store/orchestrate.ts";
import { startedAttempt } from "../../sql/attempts.ts";
import { messageStateCode } from "../../sql/codes.ts";
import { type Overtaken, overtakenRow, superseded } from "../../sql/collapse.ts";
import type { CallContext } from "../context.ts";
import { claimPlaces } from "./claim-places.ts";
import { joinDigest } from "./digest.ts";
import { whyHeldBack } from "./held-back.ts";
import { insertRun } from "./insert-run.ts";
import { originValues } from "./origin-values.ts";
import { settle } from "./settle.ts";
import { standsBehind } from "./stands-behind.ts";
import { supersede } from "./supersede.ts";
import type { Suspects } from "./suspects.ts";

const columns = `id, event_id, run_id, recipient, address_hash, state, due_at, created_at, expires_at, content, decisions, settled_at,
  environment_id, step, workflow, workflow_version, template, template_version, channel, lane, category, tenant, expanded, recalled,
  collapse_hash, order_key, order_place, confirms_stop, mailbox, put_off_to, watcher`;

const waitingSql = `insert into message (${columns})
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`;
const startedSql = `insert into message (${columns}, attempts, first_attempt_at, attempt)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?) on conflict do nothing`;

/** One of an ordering key is written first, so that it can be looked at what is in front of it. */
const begunSql = `update message set state = ${messageStateCode.sending}, attempts = 1, first_attempt_at = ?, attempt = ? where id = ?`;

/**
 * Message ids are derived, so a step that runs again makes the same rows: they are there already. Gives which messages
 * were to be STARTED and are not, and which have no place by a cap, and why.
 */
export function insertMessages(
  context: CallContext,
  messages: readonly NewMessage[],
  suspects: Suspects,
): readonly HeldMessage[] {
  const { messages: written, held, joins, newest } = claimPlaces(context.database, messages);
  for (const join of joins) joinDigest(context.database, join, (run) => insertRun(context.database, run));
  if (newest !== undefined) for (const one of newest.overtaken) held.push(insertOvertaken(context, one));
  for (const message of written) {
    const older = newest?.replaces.get(message.id);
    if (older !== undefined) supersede(context, message, older);
    if (message.start === null) insertWaiting(context, message);
    else {
      const status = insertStarted(context, message, message.start, suspects);
      if (status !== undefined) held.push({ id: message.id, status });
    }
  }
  return held;
}

/** A newer message of its collapse key came before it: it ends as it is written. */
function insertOvertaken(context: CallContext, overtaken: Overtaken): HeldMessage {
  const { id, createdAt } = overtaken.message;
  if (insertWaiting(context, overtakenRow(overtaken))) settle(context, id, superseded, createdAt, "");
  return { id, status: "superseded" };
}

function insertWaiting(context: CallContext, message: NewMessage): boolean {
  const inserted = context.database.run(
    waitingSql,
    message.id,
    message.eventId,
    message.runId,
    message.recipient,
    message.addressHash,
    messageStateCode[message.state],
    message.dueAt,
    message.createdAt,
    message.expiresAt,
    message.content,
    message.decisions,
    message.state === "queued" ? null : message.createdAt,
    ...originValues(message),
  );
  if (inserted === 0) return false;
  const { origin, state, createdAt, mailbox } = message;
  context.count(origin, state, createdAt, { mailbox });
  if (state !== "queued") context.webhooks.state(origin.environmentId, origin.tenant, message.id, state, createdAt);
  return true;
}

/**
 * STARTED with the insert, which spares an update: where a place was free before the commit, nothing has to wait in
 * between. Expiry, and what covers the address, are looked at in the same transaction, of which there is one at a time: `insert …
 * select … where not exists` says the same in one statement and took 25 µs instead of 17.
 */
function insertStarted(
  context: CallContext,
  message: NewMessage,
  start: CallStart,
  suspects: Suspects,
): HeldMessage["status"] | undefined {
  if (message.expiresAt !== null && message.expiresAt <= start.at)
    return insertEnded(context, message, "expired", start.at, "expired");
  const reason = whyHeldBack(context, message, start, suspects);
  if (reason !== undefined) return insertEnded(context, message, "suppressed", start.at, reason);
  if (message.order !== undefined) {
    if (!insertWaiting(context, message)) return "lost";
    if (standsBehind(context.database, message.id, start.at)) return "behind";
    context.database.run(begunSql, start.at, startedAttempt(start, 1), message.id);
    return undefined;
  }
  const inserted = context.database.run(
    startedSql,
    message.id,
    message.eventId,
    message.runId,
    message.recipient,
    message.addressHash,
    messageStateCode.sending,
    message.dueAt,
    message.createdAt,
    message.expiresAt,
    message.content,
    message.decisions,
    null,
    ...originValues(message),
    start.at,
    startedAttempt(start, 1),
  );
  if (inserted === 0) return "lost";
  context.count(message.origin, "queued", message.createdAt, { mailbox: message.mailbox });
  return undefined;
}

/** It is held back at its start, and ends there. */
function insertEnded(
  context: CallContext,
  message: NewMessage,
  state: "suppressed" | "expired",
  at: number,
  reason: string,
): HeldMessage["status"] {
  if (!insertWaiting(context, message)) return "lost";
  settle(context, message.id, { state, reason }, at, "");
  return state;
}
