import type { HeldMessage, NewMessage } from "../../../ports/store/orchestrate.ts";
import { messageStateCode } from "../../sql/codes.ts";
import { type Overtaken, overtakenRow, superseded } from "../../sql/collapse.ts";
import { integer, text } from "../../sql/columns.ts";
import type { CallContext } from "../context.ts";
import type { Places } from "./claim-places.ts";
import { insertedMessagesSql } from "./inserted-messages-sql.ts";
import { rowOf } from "./new-message-row.ts";
import { settleAll } from "./settle.ts";
import { behindOthers } from "./stand-behind.ts";
import { supersede } from "./supersede.ts";
import { tellWatchers } from "./tell-watchers.ts";

/**
 * Message ids are derived, so a step that runs again makes the same rows: they are there already. `places` is what caps and
 * collapse keys made of them (claim-places). Gives which messages were to be STARTED and are not, and which have no place, and why.
 */
export async function insertMessages(context: CallContext, places: Places): Promise<HeldMessage[]> {
  const { messages, newest } = places;
  const held = [...places.held];
  if (newest !== undefined) {
    await insertOvertaken(context, newest.overtaken, held);
    await supersede(context, messages, newest.replaces);
  }
  await insertAdmitted(context, messages, held);
  return held;
}

/** Newer messages of their collapse keys came before them: they end as they are written. Adds to `held`. */
async function insertOvertaken(
  context: CallContext,
  overtaken: readonly Overtaken[],
  held: HeldMessage[],
): Promise<void> {
  if (overtaken.length === 0) return;
  const rows = overtaken.map((one) => ({ ...rowOf(context, overtakenRow(one)), holder: 0 }));
  const found = await context.sql.all(insertedMessagesSql, JSON.stringify(rows));
  const made = new Set(found.map((row) => text(row, "id")));
  for (const { message } of overtaken) {
    held.push({ id: message.id, status: "superseded" });
    if (made.has(message.id))
      context.count(message.origin, message.state, message.createdAt, { mailbox: message.mailbox });
  }
  const settled = overtaken.filter(({ message }) => made.has(message.id));
  await settleAll(
    context,
    settled.map(({ message: { id: messageId, origin, createdAt: at } }) => ({
      environmentId: origin.environmentId,
      messageId,
      after: superseded,
      at,
      integration: "",
    })),
  );
}

/** Adds to `held`. */
async function insertAdmitted(
  context: CallContext,
  messages: readonly NewMessage[],
  held: HeldMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  const sorted = messages.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const ahead = await behindOthers(context.sql, sorted);
  const rows = sorted.map((message) => rowOf(context, message, ahead?.get(message.id)));
  const found = await context.sql.all(insertedMessagesSql, JSON.stringify(rows));
  // Some end as they are written.
  await tellWatchers(context.sql, found, sorted[0]?.createdAt ?? 0);
  const states = new Map(found.map((row) => [text(row, "id"), integer(row, "state")]));
  for (const message of messages) {
    const isBehind = ahead?.has(message.id) === true && states.get(message.id) === messageStateCode.queued;
    const status = isBehind ? waitsBehind(context, message) : account(context, message, states.get(message.id));
    if (status !== undefined) held.push({ id: message.id, status });
  }
}

function waitsBehind(context: CallContext, { origin, createdAt, mailbox }: NewMessage): HeldMessage["status"] {
  context.count(origin, "queued", createdAt, { mailbox });
  return "behind";
}

/** Counts a message, tells endpoints of one that ended with its insert, and says what held one back that was to start. */
function account(
  context: CallContext,
  message: NewMessage,
  state: number | undefined,
): HeldMessage["status"] | undefined {
  const { id, origin, start, createdAt, mailbox } = message;
  if (state === undefined) return start === null ? undefined : "lost";
  const ended = endOf(message, state);
  if (start === null) {
    context.count(origin, message.state, createdAt, { mailbox });
    if (message.state !== "queued")
      context.webhooks.state(origin.environmentId, origin.tenant, id, message.state, createdAt);
    return undefined;
  }
  context.count(origin, "queued", createdAt, { mailbox });
  if (ended === undefined) return undefined;
  context.count(origin, ended, start.at, { mailbox });
  context.webhooks.state(origin.environmentId, origin.tenant, id, ended, start.at);
  return ended;
}

function endOf({ start, state }: NewMessage, code: number): "suppressed" | "expired" | undefined {
  if (start === null || state !== "queued") return undefined;
  if (code === messageStateCode.suppressed) return "suppressed";
  return code === messageStateCode.expired ? "expired" : undefined;
}
