import { placeOf } from "../../../domain/audience-place.ts";
import type { DryRunRequest, LeftOut } from "../../../ports/dry-run.ts";
import type { TopicStore } from "../../../ports/store/topics.ts";
import type { EventPlace } from "./event-place.ts";

/** Who comes behind a place. Topics come before segments, and everyone who was passed in them is counted by the cursor. */
export async function leftOut(
  store: Pick<TopicStore, "getTopic">,
  environmentId: number,
  { recipients, audiences }: Pick<DryRunRequest, "recipients" | "audiences">,
  { cursor, position }: EventPlace,
): Promise<LeftOut> {
  const { index } = placeOf(position);
  const segments = audiences.slice(index).flatMap((audience) => ("segment" in audience ? audience.segment : []));
  const topics = audiences.flatMap((audience) => ("topic" in audience ? audience.topic : []));
  const named = Math.max(0, recipients.length - cursor);
  if (index >= topics.length) return { recipients: named, segments };
  const rows = await Promise.all(topics.map((key) => store.getTopic({ environmentId, key })));
  const subscribers = rows.reduce((sum, row) => sum + (row?.subscribers ?? 0), 0);
  const passed = Math.max(0, cursor - recipients.length);
  return { recipients: named + Math.max(0, subscribers - passed), segments };
}
