import type { DecisionView } from "@tidings/contract/events";
import type { MessageView } from "@tidings/contract/messages";
import { z } from "zod";
import { endOfTime } from "../domain/pause.ts";
import { decisionWords } from "../domain/policy/decision-words.ts";
import type { AttemptRow, MessageRow } from "../ports/store/log.ts";
import type { NewDecision } from "../ports/store/orchestrate.ts";

/** A stored time as the API shows it. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** When something is due; what waits for a person has no time. */
export function dueOrNone(ms: number | null): string | undefined {
  return ms === endOfTime ? undefined : isoOrNone(ms);
}

export function isoOrNone(ms: number | null | undefined): string | undefined {
  return ms === null || ms === undefined ? undefined : iso(ms);
}

/** Rows keep an empty text where there is nothing; the API leaves the field out. */
export function orNone(text: string): string | undefined {
  return text === "" ? undefined : text;
}

const versionsSchema = z.object({ category: z.int().optional(), policy: z.int().optional() });

const storedDecisions = z.array(
  z.object({
    outcome: z.string(),
    reason: z.string(),
    rule: z.string().optional(),
    versions: versionsSchema.optional(),
    detail: z.string().optional(),
    at: z.number(),
  }),
);

export function messageView(row: MessageRow): MessageView {
  const hasRun = row.runId !== "";
  return {
    id: row.id,
    event: row.eventId,
    run: orNone(row.runId),
    workflow: orNone(row.workflow),
    workflowVersion: hasRun ? row.workflowVersion : undefined,
    step: orNone(row.step),
    template: orNone(row.template),
    channel: row.channel,
    lane: row.lane,
    category: row.category,
    tenant: orNone(row.tenant),
    recipient: row.recipient,
    state: row.state,
    reason: orNone(row.reason),
    createdAt: iso(row.createdAt),
    dueAt: dueOrNone(row.dueAt),
    expiresAt: isoOrNone(row.expiresAt),
    sentAt: isoOrNone(row.sentAt),
    deliveredAt: isoOrNone(row.deliveredAt),
    openedAt: isoOrNone(row.openedAt),
    clickedAt: isoOrNone(row.clickedAt),
    readAt: isoOrNone(row.readAt),
    complainedAt: isoOrNone(row.complainedAt),
    attempts: row.attempts.map(attemptView),
    decisions: messageDecisions(row),
  };
}

/** The decisions in a message's row, as the API shows them. */
export function messageDecisions({
  decisions: stored,
  channel,
  workflow,
}: Pick<MessageRow, "decisions" | "channel" | "workflow">): MessageView["decisions"] {
  if (stored === "" || stored === "[]") return [];
  return storedDecisions.parse(JSON.parse(stored)).map(({ rule = "", detail = "", versions, ...own }) => ({
    outcome: own.outcome,
    reason: own.reason,
    rule: orNone(rule),
    versions,
    detail: orNone(detail),
    text: decisionWords({ ...own, rule, detail, channel, workflow }),
    at: iso(own.at),
  }));
}

function attemptView(row: AttemptRow): MessageView["attempts"][number] {
  return {
    number: row.number,
    callId: row.callId,
    integration: row.integration,
    startedAt: iso(row.startedAt),
    finishedAt: isoOrNone(row.finishedAt),
    outcome: row.outcome,
    code: orNone(row.code),
    detail: orNone(row.detail),
    providerMessageId: orNone(row.providerMessageId),
  };
}

export function decisionView(decision: NewDecision): DecisionView {
  return {
    outcome: decision.outcome,
    reason: decision.reason,
    rule: orNone(decision.rule),
    versions: decision.versions === "" ? undefined : versionsSchema.parse(JSON.parse(decision.versions)),
    recipient: orNone(decision.recipient),
    workflow: orNone(decision.workflow),
    workflowVersion: decision.workflow === "" ? undefined : decision.workflowVersion,
    step: orNone(decision.step),
    channel: orNone(decision.channel),
    detail: orNone(decision.detail),
    text: decisionWords(decision),
    at: iso(decision.at),
  };
}
