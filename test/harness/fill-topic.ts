import { z } from "zod";
import type { Api } from "./api.ts";
import { until } from "./until.ts";

const perCall = 1000;
/** Calls under way at once. */
const together = 4;

/** Somebody inline, as an event brings them along. */
export interface Person {
  id: string;
  email?: string;
  phone?: string;
}

/** Writes people by events that no workflow awaits, a thousand inline recipients each, and subscribes them. */
export async function fillTopic(
  api: Api,
  topic: string,
  count: number,
  personAt: (index: number) => Person,
): Promise<void> {
  await api.put(`/v1/topics/${topic}`, { name: topic });
  let next = 0;
  const fill = async (): Promise<void> => {
    for (let start = next; start < count; start = next) {
      next += perCall;
      await fillPart(
        api,
        topic,
        Array.from({ length: Math.min(perCall, count - start) }, (_, index) => personAt(start + index)),
      );
    }
  };
  await Promise.all(Array.from({ length: together }, fill));
}

async function fillPart(api: Api, topic: string, people: readonly Person[]): Promise<void> {
  const written = await api.call("POST", "/v1/events", { name: "import", recipients: people });
  const ids = people.map(({ id }) => id);
  const subscribed = await api.call("POST", `/v1/topics/${topic}/subscriptions`, { recipients: ids });
  if (written.status !== 202 || subscribed.status !== 200) throw new Error(JSON.stringify([written, subscribed]));
  await untilDone(api, z.object({ id: z.string() }).parse(written.json).id);
}

const eventSchema = z.object({ state: z.string() });

async function stateOf(api: Api, event: string): Promise<string> {
  const { json } = await api.call("GET", `/v1/events/${event}`);
  return eventSchema.parse(json).state;
}

/** `everyMs`: an event of very many messages shows some of them with each look. */
export function untilDone(api: Api, event: string, timeoutMs = 60_000, everyMs = 20): Promise<void> {
  return until(`event ${event} is done`, async () => (await stateOf(api, event)) === "done", timeoutMs, everyMs);
}
