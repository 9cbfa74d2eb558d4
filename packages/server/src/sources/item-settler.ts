import type { ErrorCode } from "@tidings/contract/errors";
import type { BatchEvent } from "@tidings/contract/events";
import type { MessageBody } from "@tidings/contract/messages";
import { TidingsError } from "../errors.ts";
import { type RecordItem, type Refusal, refusalOf } from "./record-items.ts";

export type SourceOutcome = { id: string } | { error: TidingsError };

/** What the sources ask of ingest: the same as HTTP does. */
export interface SourceIngest {
  /** Outcomes are in order. Throws `overloaded` where none could be made durable. */
  events(environmentId: number, events: readonly BatchEvent[]): Promise<readonly SourceOutcome[]>;
  message(environmentId: number, body: MessageBody, key: string): Promise<{ id: string }>;
}

export interface SettlerParts {
  ingest: SourceIngest;
  environmentId: number;
  /** Items in one call: of one lane they are one transaction then, so that none is durable in front of one before it. */
  itemsPerCall: number;
  /** Called between tries, the first time with 1: waits, or throws so that nothing more is tried. */
  wait: (tries: number, error: TidingsError) => Promise<void>;
  /** Told of what no code of the closed list stands for. */
  onFault: (error: unknown) => void;
}

/** What sending again does not mend. */
const final: ReadonlySet<ErrorCode> = new Set([
  "validation_failed",
  "idempotency_mismatch",
  "not_found",
  "in_use",
  "forbidden",
  "body_too_large",
  "body_too_deep",
]);
/** A fault of our own, met again and again by one item alone. */
const internalTriesMax = 3;

/**
 * Makes items durable, in their order, whatever that takes: those that are refused for good are told, all others are tried
 * until they are durable. An item has its key, so a try that was durable after all makes nothing twice.
 */
export class ItemSettler {
  readonly #parts: SettlerParts;

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** Gives why items are refused. Throws what `wait` throws. */
  async settle<Item extends RecordItem>(items: readonly Item[]): Promise<Map<Item, Refusal>> {
    const refusals = new Map<Item, Refusal>();
    const { itemsPerCall } = this.#parts;
    for (let from = 0; from < items.length; from += itemsPerCall)
      await this.#settlePart(items.slice(from, from + itemsPerCall), refusals);
    return refusals;
  }

  async #settlePart<Item extends RecordItem>(part: readonly Item[], refusals: Map<Item, Refusal>): Promise<void> {
    let open = part;
    for (let tries = 1; open.length > 0; tries += 1) {
      const outcomes = await this.#ask(open);
      const isAlone = open.length === 1;
      let last: TidingsError | undefined;
      const undone: Item[] = [];
      for (const [index, item] of open.entries()) {
        const outcome = outcomes[index] ?? { error: new TidingsError("internal") };
        if ("id" in outcome) continue;
        const refusal = this.#refusalOf(item, outcome.error, isAlone ? tries : 0);
        if (refusal === "done") continue;
        if (refusal !== undefined) refusals.set(item, refusal);
        else undone.push(item);
        last = refusal === undefined ? outcome.error : last;
      }
      if (last === undefined) return;
      // Which of several is at fault shows where each is tried by itself.
      if (last.code === "internal" && undone.length > 1) {
        for (const item of undone) await this.#settlePart([item], refusals);
        return;
      }
      open = undone;
      await this.#parts.wait(tries, last);
    }
  }

  /** Undefined where it is to be tried again; `done` where an earlier try made it durable. */
  #refusalOf(item: RecordItem, error: TidingsError, triesAlone: number): Refusal | "done" | undefined {
    const { code, faults, message } = error;
    // Its place was taken in before, by another mapping.
    if (code === "idempotency_mismatch" && item.isDerived) return "done";
    if (code === "internal" && triesAlone >= internalTriesMax) return { reason: code, detail: message };
    return final.has(code) ? refusalOf(code, item.inRecord(faults), message) : undefined;
  }

  async #ask(items: readonly RecordItem[]): Promise<readonly SourceOutcome[]> {
    const { ingest, environmentId } = this.#parts;
    const events = items.flatMap(({ mapped, key }): BatchEvent[] =>
      mapped.kind === "event" ? [{ ...mapped.body, idempotencyKey: key }] : [],
    );
    try {
      // A mapping makes events, or messages.
      if (events.length > 0) return (await ingest.events(environmentId, events)).map(withoutPlace);
      return await Promise.all(items.map((item) => this.#askMessage(item)));
    } catch (error) {
      return items.map(() => ({ error: this.#known(error) }));
    }
  }

  async #askMessage({ mapped, key }: RecordItem): Promise<SourceOutcome> {
    if (mapped.kind !== "message") return { error: new TidingsError("internal") };
    try {
      return await this.#parts.ingest.message(this.#parts.environmentId, mapped.body, key);
    } catch (error) {
      return { error: this.#known(error) };
    }
  }

  #known(error: unknown): TidingsError {
    if (error instanceof TidingsError) return error;
    this.#parts.onFault(error);
    return new TidingsError("internal");
  }
}

/** Faults by their paths in the event, without its place in the batch. */
function withoutPlace(outcome: SourceOutcome): SourceOutcome {
  if ("id" in outcome || outcome.error.faults.length === 0) return outcome;
  const { code, message, faults } = outcome.error;
  const own = faults.map(({ path, ...rest }) => ({ ...rest, path: path.replace(/^events\[\d+\]\.?/, "") }));
  return { error: new TidingsError(code, { detail: message, faults: own }) };
}
