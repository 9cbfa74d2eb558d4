import {
  type EventState,
  eventStates,
  type MessageState,
  messageStates,
  type RunState,
  runStates,
} from "@tidings/contract/words";
import { openPayload } from "../../../packages/server/src/domain/event-payload.ts";
import type { AttemptRow } from "../../../packages/server/src/ports/store/log.ts";
import { wordAt } from "../../../packages/server/src/store/sql/codes.ts";
import { integer, integerOrNull, text, textOrNull } from "../../../packages/server/src/store/sql/columns.ts";
import { attemptsOf } from "../../../packages/server/src/store/sqlite/attempts.ts";
import type { Cast } from "../cast.ts";
import type { Posted } from "../client.ts";

/** An event's row beside what the client knows of it. */
export interface EventFact {
  id: string;
  posted: Posted;
  state: EventState;
  receivedAt: number;
  inline: string | null;
}

export interface MessageFact {
  id: string;
  state: MessageState;
  reason: string;
  times: Readonly<Record<"sent" | "delivered" | "opened" | "clicked" | "read" | "complained", number | null>>;
  attempts: readonly AttemptRow[];
}

export interface DecisionFact {
  eventId: string;
  runId: string;
  recipient: string;
  workflow: string;
  step: string;
  channel: string;
  outcome: string;
  reason: string;
  detail: string;
  at: number;
}

export interface RunFact {
  id: string;
  eventId: string;
  workflow: string;
  recipient: string;
  state: RunState;
}

/** What the database holds once all is quiet. */
export interface EndFacts {
  events: EventFact[];
  messages: Map<string, MessageFact>;
  decisions: DecisionFact[];
  runs: RunFact[];
  /** Reasons by id. */
  deadLetters: Map<string, string>;
}

export function gather(cast: Cast): EndFacts {
  const { database } = cast.world.base;
  const deadLetters = database.all("select id, reason from dead_letter");
  return {
    events: eventsOf(cast),
    messages: messagesOf(cast),
    decisions: database.all("select * from decision order by sequence").map((row) => ({
      eventId: text(row, "event_id"),
      runId: text(row, "run_id"),
      recipient: text(row, "recipient"),
      workflow: text(row, "workflow"),
      step: text(row, "step"),
      channel: text(row, "channel"),
      outcome: text(row, "outcome"),
      reason: text(row, "reason"),
      detail: text(row, "detail"),
      at: integer(row, "at"),
    })),
    runs: database.all("select * from run").map((row) => ({
      id: text(row, "id"),
      eventId: text(row, "event_id"),
      workflow: text(row, "workflow"),
      recipient: text(row, "recipient"),
      state: wordAt(runStates, integer(row, "state")),
    })),
    deadLetters: new Map(deadLetters.map((row) => [text(row, "id"), text(row, "reason")])),
  };
}

/** Whose event a row is stands in its sealed payload; some were made durable and never answered. */
function eventsOf({ world, client }: Cast): EventFact[] {
  const { base } = world;
  const keyring = base.newKeyring(() => Buffer.alloc(0));
  const facts: EventFact[] = [];
  for (const row of base.database.all("select * from event where root is null order by id")) {
    const { ref } = openPayload({ payload: text(row, "payload") }, base.environment.id, keyring).data;
    const posted = client.posted.find(({ intent }) => intent.ref === ref);
    if (posted === undefined) {
      world.violate("event-is-known", text(row, "id"));
      continue;
    }
    facts.push({
      id: text(row, "id"),
      posted,
      state: wordAt(eventStates, integer(row, "state")),
      receivedAt: integer(row, "received_at"),
      inline: textOrNull(row, "inline"),
    });
  }
  return facts;
}

function messagesOf({ world }: Cast): Map<string, MessageFact> {
  const { database } = world.base;
  const messages = new Map<string, MessageFact>();
  for (const row of database.all("select * from message")) {
    const time = (column: string) => integerOrNull(row, `${column}_at`);
    messages.set(text(row, "id"), {
      id: text(row, "id"),
      state: wordAt(messageStates, integer(row, "state")),
      reason: textOrNull(row, "reason") ?? "",
      times: {
        sent: time("sent"),
        delivered: time("delivered"),
        opened: time("opened"),
        clicked: time("clicked"),
        read: time("read"),
        complained: time("complained"),
      },
      attempts: attemptsOf(database, row),
    });
  }
  return messages;
}
