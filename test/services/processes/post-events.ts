import { batchResultSchema } from "@tidings/contract/batch";
import type { Api } from "../../harness/api.ts";
import type { Acknowledged } from "../../harness/event-load.ts";

const batchMax = 500;

/** Posts events of one lane in batches, and gives those that were acknowledged, which is all of them. */
export async function postEvents(api: Api, lane: string, count: number): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  for (let from = 0; from < count; from += batchMax) {
    const events = Array.from({ length: Math.min(batchMax, count - from) }, (_, index) => ({
      name: lane,
      recipients: [{ id: `user-${from + index}`, email: `user-${from + index}@example.com` }],
      data: { order: String(from + index), name: "Anna", url: "https://shop.example/1", items: [] },
    }));
    const { status, json } = await api.call("POST", "/v1/events/batch", { events });
    if (status !== 202) throw new Error(`a batch got ${status}: ${JSON.stringify(json)}`);
    for (const result of batchResultSchema.parse(json).results) {
      if (!("id" in result)) throw new Error(`an event was refused: ${JSON.stringify(result)}`);
      acknowledged.push({ id: result.id, lane });
    }
  }
  return acknowledged;
}
