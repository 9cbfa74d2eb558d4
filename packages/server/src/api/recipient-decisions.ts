import { limits } from "@tidings/contract/limits";
import { type RecipientDecision, recipientDecisionQuerySchema } from "@tidings/contract/recipient-decisions";
import { fateWords } from "../domain/policy/fate-words.ts";
import type { DecisionEntry } from "../ports/store/decisions.ts";
import type { MessageRow } from "../ports/store/log.ts";
import type { NewDecision } from "../ports/store/orchestrate.ts";
import { cursorOf, decisionPosition, positionOf } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { parameter, valid } from "./validation.ts";
import { decisionView, dueOrNone, iso, messageDecisions, orNone } from "./views.ts";

/** Why did, or didn't, somebody get this? */
export function recipientDecisionHandlers({ store }: Pick<ApiDependencies, "store">): Handlers {
  return {
    listRecipientDecisions: async (request, { environmentId }) => {
      const query = valid(recipientDecisionQuerySchema, request.query);
      const { cursor, limit = limits.pageSize, event, ...filter } = query;
      const page = await store.listDecisions({
        environmentId,
        recipient: parameter(request, "id"),
        ...filter,
        eventId: event,
        before: positionOf(cursor, decisionPosition),
        limit,
      });
      return {
        items: page.items.map(entryView),
        nextCursor: page.next === undefined ? undefined : cursorOf(page.next),
      };
    },
  };
}

const entryView = (entry: DecisionEntry): RecipientDecision =>
  "message" in entry ? sentView(entry.message) : unsentView(entry.decision);

function sentView(row: MessageRow): RecipientDecision {
  const decisions = messageDecisions(row);
  const fate = fateWords({ state: row.state, reason: row.reason, dueAt: dueOrNone(row.dueAt) });
  return {
    event: row.eventId,
    run: orNone(row.runId),
    workflow: orNone(row.workflow),
    workflowVersion: row.runId === "" ? undefined : row.workflowVersion,
    step: orNone(row.step),
    category: orNone(row.category),
    channel: row.channel,
    message: { id: row.id, state: row.state, reason: orNone(row.reason) },
    decisions,
    text: [...decisions.map(({ text }) => text), fate].join(". "),
    at: iso(row.createdAt),
  };
}

function unsentView(decision: NewDecision): RecipientDecision {
  const { workflow, workflowVersion, step, channel, recipient: _, ...made } = decisionView(decision);
  return {
    event: decision.eventId,
    run: orNone(decision.runId),
    workflow,
    workflowVersion,
    step,
    category: orNone(decision.category ?? ""),
    channel,
    decisions: [made],
    text: made.text,
    at: made.at,
  };
}
