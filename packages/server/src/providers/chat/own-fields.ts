import type { OutboundMessage } from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";

export type Fields = Readonly<Record<string, unknown>>;
/** Fields of a request, or what is wrong with those that a message brings along. */
export type Laid = { fields: Fields } | { fault: string };

const isFields = (json: unknown): json is Fields => typeof json === "object" && json !== null && !Array.isArray(json);

/**
 * The vendor's own fields of a message (`content.body`, a JSON object). `reserved` are names that would change where the message
 * goes or as whom: those are refused, as a message that drops them unheard would not be what its template says.
 */
export function ownFields({ content }: OutboundMessage, reserved: readonly string[]): Laid {
  if (content.body === undefined) return { fields: {} };
  const fields = parsedJson(Buffer.from(content.body));
  if (!isFields(fields)) return { fault: "the body is no JSON object" };
  const taken = reserved.find((name) => Object.hasOwn(fields, name));
  return taken === undefined ? { fields } : { fault: `the body may not set ${taken}` };
}

/** A request's fields with the message's own ones over them. */
export function withOwnFields(fields: Fields, message: OutboundMessage, reserved: readonly string[]): Laid {
  const own = ownFields(message, reserved);
  return "fault" in own ? own : { fields: { ...fields, ...own.fields } };
}
