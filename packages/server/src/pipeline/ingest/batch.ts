import { batchEventSchema } from "@tidings/contract/events";
import { faultsOf } from "@tidings/contract/faults";
import type { Lane } from "@tidings/contract/words";
import { TidingsError } from "../../errors.ts";
import type { IdempotencyClaim } from "../../ports/store/ingest.ts";
import { claimOf } from "./idempotency.ts";
import { type PrepareContext, type Prepared, prepareEvent } from "./prepare.ts";

export type BatchOutcome = { id: string } | { error: TidingsError };

/** A batch on its way to the store. Arrays run along the items that were given. */
export interface PreparedBatch {
  /** Undefined for what is faulty, or repeats an earlier item. */
  prepared: (Prepared | undefined)[];
  /** Positions of prepared items, by lane. */
  lanes: Record<Lane, number[]>;
  outcomes: (BatchOutcome | undefined)[];
  bytes: number;
  /** Every outcome, once the store has answered: repeats get that of the first, what it did not take `overloaded`. */
  finish(): BatchOutcome[];
}

interface Claimed {
  position: number;
  bodyHash: string;
}

/** Validates and seals each item by itself: no promise, and no closure, per item. The first one stands at `start` of the whole batch. */
export function prepareBatch(
  context: PrepareContext,
  environmentId: number,
  items: readonly unknown[],
  start: number,
  keysExpireAt: number,
  trace: string | undefined,
): PreparedBatch {
  const prepared: (Prepared | undefined)[] = [];
  const outcomes: (BatchOutcome | undefined)[] = [];
  const lanes: Record<Lane, number[]> = { critical: [], transactional: [], marketing: [] };
  const claimed = new Map<string, Claimed>();
  const repeats = new Map<number, number>();
  let bytes = 0;
  for (let position = 0; position < items.length; position += 1) {
    prepared.push(undefined);
    outcomes.push(undefined);
    try {
      const place = { position, path: `events[${start + position}]` };
      const item = prepareItem(context, environmentId, items[position], place, keysExpireAt, claimed, trace);
      if (typeof item === "number") {
        repeats.set(position, item);
        continue;
      }
      prepared[position] = item;
      lanes[item.event.lane].push(position);
      bytes += item.bytes;
    } catch (error) {
      if (!(error instanceof TidingsError)) throw error;
      outcomes[position] = { error };
    }
  }
  const finish = () => {
    for (const [position, first] of repeats) outcomes[position] = outcomes[first];
    return outcomes.map((outcome) => outcome ?? { error: new TidingsError("overloaded") });
  };
  return { prepared, lanes, outcomes, bytes, finish };
}

/** The item, or the position of the earlier one that it repeats. */
function prepareItem(
  context: PrepareContext,
  environmentId: number,
  item: unknown,
  { position, path }: { position: number; path: string },
  keysExpireAt: number,
  claimed: Map<string, Claimed>,
  trace: string | undefined,
): Prepared | number {
  const parsed = batchEventSchema.safeParse(item);
  if (!parsed.success) throw new TidingsError("validation_failed", { faults: faultsOf(parsed.error, path) });
  const { idempotencyKey, ...body } = parsed.data;
  if (idempotencyKey === undefined) return prepareEvent(context, environmentId, body, null, trace, path);
  const claim: IdempotencyClaim = claimOf(idempotencyKey, body, keysExpireAt);
  const first = claimed.get(claim.keyHash);
  if (first !== undefined) {
    if (first.bodyHash !== claim.bodyHash) throw new TidingsError("idempotency_mismatch");
    return first.position;
  }
  const prepared = prepareEvent(context, environmentId, body, claim, trace, path);
  claimed.set(claim.keyHash, { position, bodyHash: claim.bodyHash });
  return prepared;
}
