import { type MessageState, messageStates } from "@tidings/contract/words";
import { bitOf, feedbackTime, reportedBits } from "../../domain/feedback.ts";
import type { MessageLabels } from "../../domain/message.ts";
import type { FeedbackReport } from "../../ports/store/feedback.ts";
import { messageStateCode, wordAt } from "./codes.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "./columns.ts";
import { type Reported, reported, type TimeColumn } from "./feedback.ts";
import { labelColumns, labelsOf } from "./rows/labels.ts";

/** Columns that a row is read with. */
export const reportedColumns = `environment_id, id, state, ${labelColumns}, recipient, address_hash, attempt, created_at, put_off_to,
  sent_at, settled_at, reason, delivered_at, opened_at, clicked_at, read_at, complained_at, reported`;

/** A message's row that a call has to itself, as reports move it. */
export class ReportedMessage {
  readonly #row: SqlRow;
  readonly #times: Record<TimeColumn, number | null>;
  readonly #labels: MessageLabels;
  #state: MessageState;
  #settledAt: number | null;
  #sentAt: number | null;
  #reason: string | null;
  #reported: number | null;
  #moved = false;
  #changed = false;

  constructor(row: SqlRow) {
    this.#row = row;
    this.#labels = labelsOf(integer(row, "environment_id"), row);
    this.#state = wordAt(messageStates, integer(row, "state"));
    this.#settledAt = integerOrNull(row, "settled_at");
    this.#reason = textOrNull(row, "reason");
    this.#reported = integerOrNull(row, "reported");
    this.#sentAt = integerOrNull(row, "sent_at");
    this.#times = {
      delivered_at: integerOrNull(row, "delivered_at"),
      opened_at: integerOrNull(row, "opened_at"),
      clicked_at: integerOrNull(row, "clicked_at"),
      read_at: integerOrNull(row, "read_at"),
      complained_at: integerOrNull(row, "complained_at"),
    };
  }

  get environmentId(): number {
    return integer(this.#row, "environment_id");
  }

  get id(): string {
    return text(this.#row, "id");
  }

  get state(): MessageState {
    return this.#state;
  }

  get deliveredAt(): number | null {
    return this.#times.delivered_at;
  }

  get tenant(): string {
    return text(this.#row, "tenant");
  }

  get recipient(): string {
    return text(this.#row, "recipient");
  }

  get channelCode(): number {
    return integer(this.#row, "channel");
  }

  get addressHash(): string {
    return text(this.#row, "address_hash");
  }

  /** One object for all reports about it, which counts them fastest. */
  get labels(): MessageLabels {
    return this.#labels;
  }

  /** As it was read, for what no report changes. */
  get row(): SqlRow {
    return this.#row;
  }

  /** Since when its provider has it, ms. */
  get sentAt(): number | null {
    return this.#sentAt;
  }

  get changed(): boolean {
    return this.#changed;
  }

  /** Moves the row as the report says; gives what that was. */
  apply({ kind, at, code }: FeedbackReport): Reported {
    const column = feedbackTime[kind];
    const time = column === undefined ? null : this.#times[column];
    const bits = reportedBits(this.#reported, this.#state);
    const said = reported({ state: this.#state, time, sentAt: this.#sentAt, bits }, { kind, at });
    const reason = code === "" ? null : code;
    if (said.next !== undefined || (said.again && this.#isEarlier(at, reason))) {
      this.#settledAt = at;
      this.#reason = reason;
      this.#changed = true;
    }
    if (said.next !== undefined) {
      this.#state = said.next;
      this.#moved = true;
    }
    if (said.sentAt !== undefined) {
      this.#sentAt = said.sentAt;
      this.#changed = true;
    }
    if (said.column !== undefined) {
      this.#times[said.column] = at;
      this.#changed = true;
    }
    this.#remember(said.counts ? bits | bitOf(kind) : bits);
    return said;
  }

  #remember(bits: number): void {
    if (bits === this.#reported) return;
    this.#reported = bits;
    this.#changed = true;
  }

  /** Of several reports of the state that it is in, the earliest says since when and why, in whatever order they come. */
  #isEarlier(at: number, reason: string | null): boolean {
    if (this.#settledAt === null) return false;
    return at < this.#settledAt || (at === this.#settledAt && (reason ?? "") < (this.#reason ?? ""));
  }

  /** As it is to be written. What a report moves is open no more: a retry of what was delivered would double it. */
  get columns() {
    return {
      environment_id: this.environmentId,
      id: this.id,
      state: messageStateCode[this.#state],
      settled_at: this.#settledAt,
      reason: this.#reason,
      moved: this.#moved,
      reported: this.#reported,
      sent_at: this.#sentAt,
      ...this.#times,
    };
  }
}
