import { batchEventSchema, type EventBody } from "@tidings/contract/events";
import { faultsOf } from "@tidings/contract/faults";
import { TidingsError } from "../../errors.ts";
import type { AcceptResult, IdempotencyClaim, NewEvent } from "../../ports/store/ingest.ts";
import type { BatchOutcome } from "./batch.ts";
import { claimOf } from "./idempotency.ts";

/** Makes an event durable together with the change that it is, or says why it does not. */
export type ChangeWriter = (event: NewEvent) => Promise<AcceptResult>;

/** Looks at an event that is a change. Throws `validation_failed`, with paths in the event. */
export type WriterOf = (body: EventBody) => ChangeWriter;

interface Change {
  body: EventBody;
  claim: IdempotencyClaim | null;
}

/** A change as an item of a batch. Throws `validation_failed`. */
export function changeItem(item: unknown, keysExpireAt: number): Change {
  const parsed = batchEventSchema.safeParse(item);
  if (!parsed.success) throw new TidingsError("validation_failed", { faults: faultsOf(parsed.error) });
  const { idempotencyKey, ...body } = parsed.data;
  return { body, claim: idempotencyKey === undefined ? null : claimOf(idempotencyKey, body, keysExpireAt) };
}

/** What becomes of it, with faults that are named by their path in the batch. */
export async function changeOutcome(position: number, accept: () => Promise<{ id: string }>): Promise<BatchOutcome> {
  try {
    return await accept();
  } catch (error) {
    if (!(error instanceof TidingsError)) throw error;
    return { error: error.faults.length === 0 ? error : inBatch(error, `events[${position}]`) };
  }
}

function inBatch({ code, message, faults }: TidingsError, item: string): TidingsError {
  const named = faults.map((fault) => {
    const dot = fault.path === "" || fault.path.startsWith("[") ? "" : ".";
    return { ...fault, path: `${item}${dot}${fault.path}` };
  });
  return new TidingsError(code, { detail: message, faults: named });
}
