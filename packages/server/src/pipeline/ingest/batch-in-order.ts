import type { ErrorCode } from "@tidings/contract/errors";
import { changeNames } from "../../domain/change-names.ts";
import { TidingsError } from "../../errors.ts";
import type { BatchOutcome } from "./batch.ts";

/** How the parts of a batch are taken in; `position` is that of the (first) item in the batch. */
export interface BatchParts {
  /** Events between two changes: as many at once as there are. */
  events(items: readonly unknown[], position: number): Promise<BatchOutcome[]>;
  change(item: unknown, position: number): Promise<BatchOutcome>;
}

/** What is wrong with an item itself: sent again it would be refused again, so that nothing behind it waits for that. */
const ownFaults: ReadonlySet<ErrorCode> = new Set(["validation_failed", "idempotency_mismatch"]);

/**
 * A batch, part by part: a change is durable before what stands behind it is planned. Where the store fails, what stands behind
 * is not tried, and is `overloaded` too: who sends all of these again, in their order, keeps it.
 */
export async function batchInOrder(items: readonly unknown[], parts: BatchParts): Promise<BatchOutcome[]> {
  const outcomes: BatchOutcome[] = [];
  while (outcomes.length < items.length) {
    const from = outcomes.length;
    const part = isChange(items[from])
      ? [await parts.change(items[from], from)]
      : await parts.events(items.slice(from, nextChange(items, from)), from);
    outcomes.push(...part);
    if (part.some(isUndone)) break;
  }
  while (outcomes.length < items.length) outcomes.push({ error: new TidingsError("overloaded") });
  return outcomes;
}

/** Whether it may be done when it is sent again. */
export function isUndone(outcome: BatchOutcome): boolean {
  return "error" in outcome && !ownFaults.has(outcome.error.code);
}

function nextChange(items: readonly unknown[], from: number): number {
  let position = from;
  while (position < items.length && !isChange(items[position])) position += 1;
  return position;
}

/** Told by the name alone: whether the rest is as it should be is looked at in its turn. */
function isChange(item: unknown): boolean {
  if (typeof item !== "object" || item === null || !("name" in item)) return false;
  return typeof item.name === "string" && changeNames.has(item.name);
}
