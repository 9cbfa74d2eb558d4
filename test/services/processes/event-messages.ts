import { eventSchema } from "@tidings/contract/events";
import type { MessageView } from "@tidings/contract/messages";
import type { Api } from "../../harness/api.ts";
import { pause } from "../../harness/pause.ts";

/** Posts an event, and gives its id. */
export async function postEvent(api: Api, body: object): Promise<string> {
  const { status, json } = await api.call("POST", "/v1/events", body);
  if (status !== 202) throw new Error(`an event got ${status}: ${JSON.stringify(json)}`);
  return eventSchema.pick({ id: true }).parse(json).id;
}

/** The only message of an event, once it is one that `enough` accepts. */
export async function messageOf(
  api: Api,
  event: string,
  enough: (message: MessageView) => boolean,
): Promise<MessageView> {
  for (const end = Date.now() + 30_000; ; await pause(50)) {
    const { runs } = eventSchema.parse((await api.call("GET", `/v1/events/${event}`)).json);
    const [message] = runs.flatMap((run) => run.messages);
    if (message !== undefined && enough(message)) return message;
    if (Date.now() > end) throw new Error(`${event} has ${message?.state ?? "no message"}`);
  }
}
