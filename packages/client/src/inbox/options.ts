import { z } from "zod";
import { TidingsInputError } from "../errors.ts";
import { sdkLimits } from "../limits.ts";
import type { Fetch } from "../transport/fetch.ts";
import { checked } from "../transport/input.ts";
import { type Settings, settingsOf, tidingsOptionsSchema } from "../transport/options.ts";

export const transports = ["socket", "stream", "polling"] as const;
export type InboxTransport = (typeof transports)[number];

/** The part of a WebSocket (WHATWG WebSockets) that the inbox uses: that of browsers, of Node 22 and of the package `ws` fit. */
export interface InboxWebSocket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  close(): void;
}
export type InboxWebSocketConstructor = new (url: string) => InboxWebSocket;

const text = z.string().min(1).max(4096);
const isFunction = (value: unknown): boolean => typeof value === "function";
const time = z.number().min(10).max(sdkLimits.timeoutMsMax).optional();

const inboxOptionsSchema = z
  .strictObject({
    baseUrl: tidingsOptionsSchema.shape.baseUrl,
    /** A recipient's token. It is used until it expires; with `getToken` a new one is fetched then. */
    token: text.optional(),
    /** Asks your server for a token; called when there is none, or the last one is refused. */
    getToken: z.custom<() => string | Promise<string>>(isFunction, { error: "must be a function" }).optional(),
    /** In the order in which they are tried; socket, stream, polling where left out. */
    transports: z.array(z.enum(transports)).min(1).max(3).optional(),
    /** Distance between polls, in milliseconds; 10,000 where left out. */
    pollIntervalMs: time,
    /** A connection that says nothing for so long is given up, in milliseconds; 90,000 where left out. */
    silenceMs: time,
    fetch: tidingsOptionsSchema.shape.fetch,
    /** In place of the global one, such as that of the package `ws`. Without any, the socket is left out. */
    WebSocket: z.custom<InboxWebSocketConstructor>(isFunction, { error: "must be a constructor" }).optional(),
  })
  .refine((options) => options.token !== undefined || options.getToken !== undefined, {
    error: "is needed, or getToken",
    path: ["token"],
  });
export type InboxOptions = z.input<typeof inboxOptionsSchema>;

export interface InboxSettings extends Settings {
  token: string | undefined;
  getToken: (() => string | Promise<string>) | undefined;
  transports: readonly InboxTransport[];
  pollIntervalMs: number;
  silenceMs: number;
  WebSocket: InboxWebSocketConstructor | undefined;
}

/** Throws `TidingsInputError` with the path of what is wrong. */
export function inboxSettingsOf(options: InboxOptions): InboxSettings {
  const given = checked("", inboxOptionsSchema, () => options);
  const fetcher: { fetch?: Fetch } = given.fetch === undefined ? {} : { fetch: given.fetch };
  const settings = settingsOf({ apiKey: "-", baseUrl: given.baseUrl, ...fetcher });
  const webSocket = given.WebSocket ?? globalWebSocket();
  const wanted = given.transports ?? transports;
  const usable = wanted.filter((name) => name !== "socket" || webSocket !== undefined);
  if (usable.length === 0)
    throw new TidingsInputError("", [{ path: "WebSocket", message: "is needed: this runtime has none of its own" }]);
  return {
    ...settings,
    token: given.token,
    getToken: given.getToken,
    transports: usable,
    pollIntervalMs: given.pollIntervalMs ?? 10_000,
    silenceMs: given.silenceMs ?? 90_000,
    WebSocket: webSocket,
  };
}

function globalWebSocket(): InboxWebSocketConstructor | undefined {
  return typeof WebSocket === "function" ? WebSocket : undefined;
}
