import type { Admission, Cap, Claimant } from "../../domain/attention.ts";
import { admitText, withoutMessages } from "../../domain/attention-text.ts";
import type { DigestJoin, HeldMessage, NewDecision, NewMessage } from "../../ports/store/orchestrate.ts";

/** A recipient's row of attention. */
export interface AttentionKey {
  environmentId: number;
  recipient: string;
}

export interface AttentionRow extends AttentionKey {
  /** As domain/attention-entry writes them. */
  entries: string;
}

/** What of a call's messages is written, and what caps made of the others. */
export interface Admitted {
  messages: readonly NewMessage[];
  held: HeldMessage[];
  decisions: NewDecision[];
  /** Of what goes into digests in place of messages; an event of a run is in a window once. */
  joins: DigestJoin[];
  /** Rows to be written. */
  rows: AttentionRow[];
}

/** Recipients of whom messages claim something, each once, in one order for all processes. */
export function claimedOf(messages: readonly NewMessage[]): AttentionKey[] {
  const keys = new Map<string, AttentionKey>();
  for (const { claim, origin, recipient } of messages) {
    if (claim === null) continue;
    const key = { environmentId: origin.environmentId, recipient };
    keys.set(nameOf(key), key);
  }
  return [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

/**
 * Gives messages their places, one after the other. `stored` is what the rows have, which the caller has to itself until it commits.
 * A message that takes the place of others (`replaces`: their ids by its own) has theirs; where even so it has none, they keep it.
 */
export function admitMessages(
  messages: readonly NewMessage[],
  stored: readonly AttentionRow[],
  replaces?: ReadonlyMap<string, readonly string[]>,
): Admitted {
  const rows = new Map<string, { row: AttentionRow; entries: string }>();
  for (const row of stored) rows.set(nameOf(row), { row, entries: row.entries });
  const result: Admitted = { messages: [], held: [], decisions: [], joins: [], rows: [] };
  const written: NewMessage[] = [];
  for (const message of messages) {
    const known = rows.get(nameOf({ environmentId: message.origin.environmentId, recipient: message.recipient }));
    if (message.claim === null || known === undefined) {
      written.push(message);
      continue;
    }
    const older = replaces?.get(message.id);
    const before = older === undefined ? known.entries : withoutMessages(known.entries, older);
    const { admission, text } = admitText(before, claimantOf(message), message.claim, message.createdAt);
    const isWritten = admission.outcome === "admitted" || admission.outcome === "deferred";
    if (older === undefined || isWritten) known.entries = text;
    const kept = afterAdmission(message, admission, result);
    if (kept !== undefined) written.push(kept);
  }
  for (const { row, entries } of rows.values()) {
    if (entries !== row.entries) result.rows.push({ ...row, entries });
  }
  return { ...result, messages: written };
}

export function claimantOf({ id, dueAt, createdAt, expiresAt, origin, overflow }: NewMessage): Claimant {
  const { channel, lane, category, tenant } = origin;
  const mayGather = overflow !== undefined;
  return { id, at: dueAt ?? createdAt, expiresAt, channel, lane, category, tenant, mayGather };
}

/** The message as it is written; undefined where it is not. */
function afterAdmission(message: NewMessage, admission: Admission, result: Admitted): NewMessage | undefined {
  if (admission.outcome === "admitted") return message;
  const { id, createdAt: at } = message;
  result.held.push({ id, status: admission.outcome });
  if (admission.outcome === "dropped") {
    result.decisions.push(droppedDecision(message, admission.cap));
    return undefined;
  }
  if (admission.outcome === "gathered") {
    if (message.overflow !== undefined) gather(message.overflow, admission.cap, result);
    return undefined;
  }
  const detail = `${capText(admission.cap)} until ${new Date(admission.at).toISOString()}`;
  const deferred = JSON.stringify({ outcome: "deferred", reason: "cap_reached", detail, at });
  const before = message.decisions.slice(0, -1);
  const decisions = `${before}${before.length > 1 ? "," : ""}${deferred}]`;
  return { ...message, dueAt: admission.at, decisions, start: null };
}

/** Each of a recipient's addresses may come here. */
function gather(join: DigestJoin, cap: Cap, { joins, decisions }: Admitted): void {
  const decision = { ...join.decision, detail: capText(cap) };
  if (joins.some(({ runId, keyHash }) => runId === join.runId && keyHash === join.keyHash)) decisions.push(decision);
  else joins.push({ ...join, decision });
}

function droppedDecision(message: NewMessage, cap: Cap): NewDecision {
  const { eventId, runId, recipient, createdAt: at, origin } = message;
  const { environmentId, workflow, workflowVersion, step, channel, category } = origin;
  const why = { outcome: "not_sent", reason: "cap_reached", rule: "cap", versions: "", detail: capText(cap), at };
  return { environmentId, eventId, runId, recipient, workflow, workflowVersion, step, channel, category, ...why };
}

function capText({ level, limit, windowSeconds, channels }: Cap): string {
  return `${level}: ${limit} in ${windowSeconds} s${channels === undefined ? "" : ` on ${channels.join(", ")}`}`;
}

const nameOf = ({ environmentId, recipient }: AttentionKey): string => `${environmentId} ${recipient}`;
