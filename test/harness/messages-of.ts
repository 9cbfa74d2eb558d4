import { eventSchema } from "@tidings/contract/events";
import type { MessageView } from "@tidings/contract/messages";
import type { Api } from "./api.ts";

const atOnce = 200;

/** Messages of events with their attempts, as the server has them; in the order of the events. */
export async function messagesOf(api: Api, events: readonly { id: string }[]): Promise<MessageView[]> {
  const messages: MessageView[] = [];
  for (let from = 0; from < events.length; from += atOnce) {
    const found = await Promise.all(
      events.slice(from, from + atOnce).map(async ({ id }) => {
        const event = eventSchema.parse((await api.call("GET", `/v1/events/${id}`)).json);
        return event.runs.flatMap((run) => run.messages);
      }),
    );
    messages.push(...found.flat());
  }
  return messages;
}
