import { type MessageState, messageStates } from "@tidings/contract/words";
import { feedbackTime } from "../../../domain/feedback.ts";
import type { MessageLabels } from "../../../domain/message.ts";
import type { FeedbackReport } from "../../../ports/store/feedback.ts";
import { currentAttempt } from "../../sql/attempts.ts";
import { messageStateCode, wordAt } from "../../sql/codes.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "../../sql/columns.ts";
import { type Reported, reported, type TimeColumn } from "../../sql/feedback.ts";
import { labelsOf } from "../../sql/rows/labels.ts";
import { storable } from "../storable.ts";

/** A message's row that a call has locked, as reports move it. */
export class ReportedMessage {
  readonly #row: SqlRow;
  readonly #times: Record<TimeColumn, number | null>;
  #state: MessageState;
  #settledAt: number | null;
  #reason: string | null;
  #moved = false;
  #changed = false;

  constructor(row: SqlRow) {
    this.#row = row;
    this.#state = wordAt(messageStates, integer(row, "state"));
    this.#settledAt = integerOrNull(row, "settled_at");
    this.#reason = textOrNull(row, "reason");
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

  get labels(): MessageLabels {
    return labelsOf(this.environmentId, this.#row);
  }

  /** Of the current attempt; empty where none began. */
  get integration(): string {
    return currentAttempt(this.#row)?.integration ?? "";
  }

  get changed(): boolean {
    return this.#changed;
  }

  /** Moves the row as the report says; gives what that was. */
  apply({ kind, at, code }: FeedbackReport): Reported {
    const column = feedbackTime[kind];
    const said = reported(this.#state, column === undefined ? null : this.#times[column], { kind, at });
    const reason = code === "" ? null : storable(code);
    if (said.next !== undefined || (said.again && this.#isEarlier(at, reason))) {
      this.#settledAt = at;
      this.#reason = reason;
      this.#changed = true;
    }
    if (said.next !== undefined) {
      this.#state = said.next;
      this.#moved = true;
    }
    if (said.column !== undefined) {
      this.#times[said.column] = at;
      this.#changed = true;
    }
    return said;
  }

  /** Of several reports of the state that it is in, the earliest says since when and why, in whatever order they come. */
  #isEarlier(at: number, reason: string | null): boolean {
    if (this.#settledAt === null) return false;
    return at < this.#settledAt || (at === this.#settledAt && (reason ?? "") < (this.#reason ?? ""));
  }

  /** As it is to be written. */
  get columns() {
    return {
      environment_id: this.environmentId,
      id: this.id,
      state: messageStateCode[this.#state],
      settled_at: this.#settledAt,
      reason: this.#reason,
      moved: this.#moved,
      ...this.#times,
    };
  }
}
