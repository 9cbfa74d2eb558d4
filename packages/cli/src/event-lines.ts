import type { DecisionView, EventView } from "@tidings/contract/events";
import type { MessageView } from "@tidings/contract/messages";
import { hasFailed, integrationOf, reasonOf, styleOf } from "./message-lines.ts";
import { plain, type Terminal } from "./terminal.ts";

/** An event with its runs, messages, attempts and decisions, as a tree. */
export function eventLines(event: EventView, terminal: Terminal): string[] {
  return [
    `${terminal.style("bold", plain(event.name))}  ${event.id}  ${event.state}`,
    ...event.runs.flatMap((run) => [
      `  ${run.workflow} v${run.workflowVersion} for ${plain(run.recipient)}: ${run.state}${run.dueAt === undefined ? "" : `, goes on at ${run.dueAt}`}`,
      ...run.messages.flatMap((message) => messageLines(message, terminal, "    ")),
    ]),
    ...event.messages.flatMap((message) => messageLines(message, terminal, "  ")),
    ...event.decisions.map((decision) => decisionLine(decision, "  ")),
    ...(event.truncated ? ["  and more messages than are shown: tidings tail, or GET /v1/messages?event="] : []),
  ];
}

/** A message with its attempts and decisions. */
export function messageLines(message: MessageView, terminal: Terminal, indent: string): string[] {
  const reason = reasonOf(message);
  const head = [
    message.channel,
    `→ ${plain(message.recipient)}`,
    terminal.style(styleOf(message.state), message.state),
    integrationOf(message),
    message.id,
  ];
  return [
    `${indent}${head.filter(Boolean).join("  ")}${reason === "" ? "" : `  ${plain(reason)}`}`,
    ...(message.attempts.length > 1 || hasFailed(message)
      ? message.attempts.map(
          ({ number, integration, startedAt, outcome, code, detail }) =>
            `${indent}  attempt ${number} by ${integration} at ${startedAt}: ${[outcome, code, detail]
              .filter(Boolean)
              .map((text) => plain(String(text)))
              .join(" ")}`,
        )
      : []),
    ...message.decisions.map((decision) => decisionLine(decision, `${indent}  `)),
  ];
}

function decisionLine(decision: DecisionView | MessageView["decisions"][number], indent: string): string {
  const who = "recipient" in decision && decision.recipient !== undefined ? ` for ${decision.recipient}` : "";
  return `${indent}decided: ${plain([decision.outcome, decision.reason, decision.detail].filter(Boolean).join(", ") + who)}`;
}
