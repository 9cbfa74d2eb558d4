import type { Batch } from "kafkajs";
import type { Take } from "../broker/broker.ts";
import { itemOf } from "./item-value.ts";
import type { PartitionOffsets } from "./partition-offsets.ts";

/** Gives what is new in a batch to whoever takes it. What is no item known here is told of, and passed. */
export function takeBatch(
  batch: Batch,
  offsets: PartitionOffsets,
  take: Take,
  onUnknown: (error: Error) => void,
): void {
  for (const { offset, value } of batch.messages) {
    const at = BigInt(offset);
    if (offsets.has(at)) continue;
    const settled = offsets.take(at);
    const item = itemOf(value);
    if (item !== undefined) {
      take(item, settled);
      continue;
    }
    // Another version's: what it stands for is found in the store.
    onUnknown(new Error(`${batch.topic} ${batch.partition} ${offset} holds no item known here`));
    settled();
  }
  offsets.passTo(BigInt(batch.lastOffset()) + 1n);
}
