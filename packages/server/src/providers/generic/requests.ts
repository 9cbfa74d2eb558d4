import type { OutboundRequest } from "../../ports/provider.ts";
import type { Facts } from "./facts.ts";
import type { Settings } from "./settings.ts";
import { fill, fillText } from "./shapes.ts";

export type MadeRequest = Pick<OutboundRequest, "method" | "url" | "headers" | "body">;
/** A request, or what of its message does not fit. */
export type RequestOrFault = MadeRequest | { fault: string };

/** `auth` as headers. */
function authHeaders({ auth, secret = "" }: Settings): Record<string, string> {
  switch (auth.type) {
    case "none":
      return {};
    case "bearer":
      return { authorization: `Bearer ${secret}` };
    case "basic":
      return { authorization: `Basic ${Buffer.from(`${auth.user}:${secret}`).toString("base64")}` };
    case "header":
      return { [auth.name]: `${auth.prefix ?? ""}${secret}` };
  }
}

/** Half a character has no encoding, and would throw. */
const encodedSegment = (value: string): string => encodeURIComponent(value.replaceAll(/\p{Cs}/gu, "\ufffd"));

const base = ({ baseUrl }: Settings): string => baseUrl.replace(/\/+$/, "");

/** The request for messages: one, or all of a batch. */
export function requestFor(settings: Settings, facts: Facts, items: readonly Facts[]): RequestOrFault {
  const { method, path, query = {}, headers = {}, body, format } = settings.request;
  const filledPath = fillText(path, facts, encodedSegment);
  // an id such as `..` would lead to another path than the one that is written
  if (filledPath === undefined || filledPath.split("/").some((part) => /^\.{1,2}$/.test(part)))
    return { fault: "the path cannot be made" };
  const search = new URLSearchParams();
  for (const [name, text] of Object.entries(query)) {
    const value = fillText(text, facts);
    if (value !== undefined) search.append(name, value);
  }
  const own: Record<string, string> = {};
  for (const [name, text] of Object.entries(headers)) {
    const value = fillText(text, facts);
    if (value === undefined) continue;
    if (!/^[\x20-\x7e]*$/.test(value)) return { fault: `the header ${name} cannot carry its value` };
    own[name] = value;
  }
  const made = body === undefined ? undefined : fill(body, facts, items);
  const content = made === undefined ? undefined : encoded(made, format);
  const type = format === "form" ? "application/x-www-form-urlencoded" : "application/json";
  return {
    method,
    url: `${base(settings)}${filledPath}${search.size === 0 ? "" : `?${search.toString()}`}`,
    headers: {
      "user-agent": "Tidings",
      ...(content === undefined ? {} : { "content-type": type }),
      ...own,
      ...authHeaders(settings),
    },
    ...(content === undefined ? {} : { body: content }),
  };
}

export function probeRequest(settings: Settings, facts: Facts): RequestOrFault | undefined {
  const { probe } = settings;
  if (probe === undefined) return undefined;
  const path = fillText(probe.path, facts, encodedSegment);
  if (path === undefined) return { fault: "the path cannot be made" };
  const headers = { "user-agent": "Tidings", ...authHeaders(settings) };
  return { method: probe.method, url: `${base(settings)}${path}`, headers };
}

function encoded(made: unknown, format: "json" | "form"): string {
  if (format === "json" || typeof made !== "object" || made === null) return JSON.stringify(made);
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(made))
    for (const one of Array.isArray(value) ? value : [value])
      form.append(name, typeof one === "object" ? JSON.stringify(one) : String(one));
  return form.toString();
}
