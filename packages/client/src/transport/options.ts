import { idempotencyKeySchema } from "@tidings/contract/events";
import { z } from "zod";
import { TidingsInputError } from "../errors.ts";
import { sdkLimits } from "../limits.ts";
import type { Fetch } from "./fetch.ts";
import { checked } from "./input.ts";

const time = z.number().min(1).max(sdkLimits.timeoutMsMax).optional();

/** As W3C Trace Context has it, of any version of the format. */
const traceparentSchema = z
  .string()
  .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]{0,200})?$/, {
    error: "must be a traceparent such as 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  });
const tracestateSchema = z
  .string()
  .regex(/^[\x20-\x7e]{1,2000}$/, { error: "must be 1 to 2000 printable ASCII characters" });

const callFields = {
  /** Ends the call with `TidingsAbortError`. */
  signal: z.custom<AbortSignal>(isSignal, { error: "must be an AbortSignal" }).optional(),
  /** Time for one attempt, in milliseconds; 30,000 where left out. */
  timeoutMs: time,
  /** Time for the call with all its attempts and waits, in milliseconds; 120,000 where left out. */
  callTimeoutMs: time,
  /** Attempts after the first; 3 where left out. */
  retries: z.int().min(0).max(sdkLimits.retriesMax).optional(),
  /** Trace that the call belongs to (W3C Trace Context), as your tracing library writes it into headers. */
  traceparent: traceparentSchema.optional(),
  /** What goes with `traceparent`, where your tracing library has it. */
  tracestate: tracestateSchema.optional(),
};

export const callOptionsSchema = z.strictObject(callFields);
export type CallOptions = z.input<typeof callOptionsSchema>;

/** Headers of a call that belongs to a trace. */
export function traceHeaders({ traceparent, tracestate }: CallOptions): Record<string, string> {
  if (traceparent === undefined) return {};
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}

export const sendOptionsSchema = z.strictObject({
  ...callFields,
  /** Makes calls with the same key one, for 24 hours. A random one is made where none is given. */
  idempotencyKey: idempotencyKeySchema.optional(),
});
export type SendOptions = z.input<typeof sendOptionsSchema>;

/** Printable ASCII: anything else cannot stand in a header. */
const apiKeySchema = z.string().regex(/^[\x21-\x7e]{1,500}$/, { error: "must be 1 to 500 visible ASCII characters" });

const baseUrlSchema = z.string().refine(isBaseUrl, {
  error: "must be an http or https URL without user name, password, query and fragment",
});

export const tidingsOptionsSchema = z.strictObject({
  /** An API key; `Authorization: Bearer` carries it. */
  apiKey: apiKeySchema,
  /** Where the server is, such as `https://tidings.example.com`; a path in it comes before `/v1`. */
  baseUrl: baseUrlSchema,
  /** As in the options of a call, for all calls. */
  timeoutMs: time,
  /** As in the options of a call, for all calls. */
  callTimeoutMs: time,
  /** As in the options of a call, for all calls. */
  retries: callFields.retries,
  /** In place of the global `fetch`: a proxy, a test, a runtime's own. */
  fetch: z.custom<Fetch>((value) => typeof value === "function", { error: "must be a function" }).optional(),
});
export type TidingsOptions = z.input<typeof tidingsOptionsSchema>;

/** What a client knows of its server. */
export interface Settings {
  apiKey: string;
  /** Without a slash at its end. */
  baseUrl: string;
  timeoutMs: number;
  callTimeoutMs: number;
  retries: number;
  fetch: Fetch;
}

/** Throws `TidingsInputError` with the path of what is wrong. */
export function settingsOf(options: TidingsOptions): Settings {
  const given = checked("", tidingsOptionsSchema, () => options);
  // Looked up once and called as a function of its own: a browser's `fetch` refuses another `this`.
  const fetcher = given.fetch ?? (typeof fetch === "function" ? globalFetch : undefined);
  if (fetcher === undefined) {
    throw new TidingsInputError("", [{ path: "fetch", message: "is needed: this runtime has none of its own" }]);
  }
  return {
    apiKey: given.apiKey,
    baseUrl: given.baseUrl.replace(/\/+$/, ""),
    timeoutMs: given.timeoutMs ?? sdkLimits.timeoutMs,
    callTimeoutMs: given.callTimeoutMs ?? sdkLimits.callTimeoutMs,
    retries: given.retries ?? sdkLimits.retries,
    fetch: fetcher,
  };
}

const globalFetch: Fetch = (url, init) => fetch(url, init);

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text) || /[?#]/.test(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
}

/** By shape: a signal may come from another realm or a polyfill. */
function isSignal(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const has = (name: string): boolean => typeof Reflect.get(value, name) === "function";
  return typeof Reflect.get(value, "aborted") === "boolean" && has("addEventListener") && has("removeEventListener");
}
