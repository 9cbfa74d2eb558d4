import { channels, lanes, type MessageState, messageStates } from "@tidings/contract/words";
import { type CurrentAttempt, currentAttemptSchema } from "../../packages/server/src/store/sql/attempts.ts";
import { wordAt } from "../../packages/server/src/store/sql/codes.ts";
import type { SqlRow } from "../../packages/server/src/store/sql/columns.ts";
import { integer, integerOrNull, text, textOrNull } from "../../packages/server/src/store/sql/columns.ts";
import type { World } from "./world.ts";

/** An attempt, as it was STARTED and as it left `sending`. */
export interface StartedAttempt {
  number: number;
  node: string;
  integration: string;
  startedAt: number;
  /** Place in the log, and time, of its commit. */
  sequence: number;
  committedAt: number;
  /** What moved the message on; undefined while it is open. By feedback, it has no outcome. */
  end: { state: MessageState; outcome: string | undefined; code: string; at: number } | undefined;
}

/** A message as the log tells of it. */
export interface LoggedMessage {
  id: string;
  eventId: string;
  runId: string;
  step: string;
  workflow: string;
  template: string;
  category: string;
  channel: (typeof channels)[number];
  lane: (typeof lanes)[number];
  recipient: string;
  hash: string;
  createdAt: number;
  /** When it was to go out, as it was written. */
  plannedAt: number;
  /** Sealed results of steps, where it has any. */
  content: string | null;
  expiresAt: number | null;
  state: MessageState;
  dueAt: number | null;
  /** Place in the log. */
  sequence: number;
  attempts: StartedAttempt[];
  /** Every state that it moved to, in order. */
  moves: { from: MessageState; to: MessageState; at: number; sequence: number }[];
}

export interface LedgerWatcher {
  onStarted(message: LoggedMessage, attempt: StartedAttempt): void;
  onMoved(message: LoggedMessage, from: MessageState, attempt: StartedAttempt | undefined): void;
}

/** Reads the database's log after each commit, so that every entry has the time of its commit. */
export class Ledger {
  readonly messages = new Map<string, LoggedMessage>();
  /** Time and place of each suppression, by `channel:hash`. */
  readonly suppressions = new Map<string, { at: number; sequence: number }>();
  /** Place of each refusal, by `recipient category`. */
  readonly optOuts = new Map<string, { at: number; sequence: number }>();
  /** Place of each event's row, by id. */
  readonly events = new Map<string, { at: number; sequence: number }>();
  /** Place of each run's row, by id. */
  readonly runs = new Map<string, { at: number; sequence: number }>();
  readonly #world: World;
  readonly #watcher: LedgerWatcher;
  #sequence = 0;

  constructor(world: World, watcher: LedgerWatcher) {
    this.#world = world;
    this.#watcher = watcher;
  }

  /** Place of the newest entry. */
  get sequence(): number {
    return this.#sequence;
  }

  read(): void {
    const rows = this.#world.base.database.all(
      "select * from simulation_log where sequence > ? order by sequence",
      this.#sequence,
    );
    for (const row of rows) {
      this.#sequence = integer(row, "sequence");
      this.#apply(row);
    }
  }

  #apply(row: SqlRow): void {
    const kind = text(row, "kind");
    const id = text(row, "id");
    const place = { at: this.#world.now(), sequence: this.#sequence };
    if (kind === "message") this.#insert(id, row);
    else if (kind === "move") this.#move(id, row);
    else if (kind === "event") this.events.set(id, place);
    else if (kind === "run") this.runs.set(id, place);
    else if (kind === "suppression") this.suppressions.set(id, place);
    else if (kind === "opt-out") this.optOuts.set(id, place);
    if (kind !== "move" && kind !== "message") this.#world.note(`committed ${kind} ${id} ${row.becomes ?? ""}`);
  }

  #insert(id: string, row: SqlRow): void {
    // What is read here never changes any more.
    const written = this.#world.base.database.get("select * from message where id = ?", id) ?? {};
    const message: LoggedMessage = {
      id,
      eventId: text(written, "event_id"),
      runId: text(written, "run_id"),
      step: text(written, "step"),
      workflow: text(written, "workflow"),
      template: text(written, "template"),
      category: text(written, "category"),
      channel: wordAt(channels, integer(written, "channel")),
      lane: wordAt(lanes, integer(written, "lane")),
      recipient: text(written, "recipient"),
      hash: text(written, "address_hash"),
      createdAt: integer(written, "created_at"),
      plannedAt: integerOrNull(row, "due_at") ?? integer(written, "created_at"),
      content: textOrNull(written, "content"),
      expiresAt: integerOrNull(written, "expires_at"),
      state: wordAt(messageStates, integer(row, "becomes")),
      dueAt: integerOrNull(row, "due_at"),
      sequence: this.#sequence,
      attempts: [],
      moves: [],
    };
    this.messages.set(id, message);
    const attempt = attemptOf(row);
    this.#world.note(
      `committed message ${id} ${message.workflow}/${message.step} of ${message.eventId} for ${message.recipient}${attempt === undefined ? "" : ` as #${attempt.number}`}`,
    );
    if (message.state === "sending" && attempt !== undefined) this.#start(message, attempt, message.dueAt);
  }

  #start(message: LoggedMessage, { number, node, integration, started }: CurrentAttempt, dueAt: number | null): void {
    const attempt: StartedAttempt = {
      number,
      node,
      integration,
      startedAt: started,
      sequence: this.#sequence,
      committedAt: this.#world.now(),
      end: undefined,
    };
    this.#watcher.onStarted({ ...message, dueAt }, attempt);
    message.attempts.push(attempt);
  }

  #move(id: string, row: SqlRow): void {
    const message = this.messages.get(id);
    if (message === undefined) throw new Error(`message ${id} moves and was never written`);
    const from = wordAt(messageStates, integer(row, "was"));
    const to = wordAt(messageStates, integer(row, "becomes"));
    const current = attemptOf(row);
    const dueBefore = message.dueAt;
    const now = this.#world.now();
    this.#world.note(
      `committed ${id} ${from} → ${to}${current === undefined ? "" : ` #${current.number} ${current.outcome ?? ""} ${current.code ?? ""}`}`,
    );
    message.state = to;
    message.moves.push({ from, to, at: now, sequence: this.#sequence });
    if (to === "sending" && current !== undefined) this.#start(message, current, dueBefore);
    message.dueAt = integerOrNull(row, "due_at");
    if (from === to) return;
    const attempt = from === "sending" ? message.attempts.at(-1) : undefined;
    if (attempt !== undefined && attempt.end === undefined) {
      attempt.end = { state: to, outcome: current?.outcome, code: current?.code ?? "", at: now };
    }
    this.#watcher.onMoved(message, from, attempt);
  }
}

function attemptOf(row: SqlRow): CurrentAttempt | undefined {
  const json = textOrNull(row, "detail");
  return json === null ? undefined : currentAttemptSchema.parse(JSON.parse(json));
}
