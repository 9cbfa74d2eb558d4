/** One event of a stream of server-sent events (WHATWG HTML, 9.2). */
export interface ServerSentEvent {
  event: string;
  data: string;
}

/** Bytes that one event may have: an item has at most about 600 KB. */
const eventCharactersMax = 4_000_000;

/** Takes a stream apart, chunk by chunk, wherever the chunks are cut. Comments and unknown fields are dropped. */
export class SseParser {
  #rest = "";

  /** Events that are whole with this chunk. Throws where one does not end. */
  push(chunk: string): ServerSentEvent[] {
    const parts = `${this.#rest}${chunk}`.split(/\n\n|\r\n\r\n/);
    this.#rest = parts.pop() ?? "";
    if (this.#rest.length > eventCharactersMax) throw new Error("an event does not end");
    return parts.flatMap((part) => eventOf(part) ?? []);
  }
}

function eventOf(part: string): ServerSentEvent | undefined {
  let event = "message";
  const data: string[] = [];
  for (const line of part.split(/\r?\n/)) {
    const [, field, value] = /^(\w+):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") event = value ?? "";
    if (field === "data") data.push(value ?? "");
  }
  return data.length === 0 ? undefined : { event, data: data.join("\n") };
}
