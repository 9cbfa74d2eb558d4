import type { Channel, Lane } from "@tidings/contract/words";
import { destination, pino, stdTimeFunctions } from "pino";

/**
 * All that a line may carry: ids, names of the closed lists and figures. There is no field for an address, a recipient
 * (applications use mail addresses as their ids), content or a secret, so that none can be logged.
 */
export interface LogFields {
  requestId?: string;
  eventId?: string;
  runId?: string;
  messageId?: string;
  deadLetterId?: string;
  callId?: string;
  environmentId?: number;
  environment?: string;
  integration?: string;
  provider?: string;
  workflow?: string;
  kind?: string;
  key?: string;
  version?: number;
  step?: string;
  channel?: Channel;
  lane?: Lane;
  topic?: string;
  stage?: string;
  role?: string;
  state?: string;
  outcome?: string;
  reason?: string;
  code?: string;
  method?: string;
  /** Pattern of the route, never the path: it may carry an id of a recipient. */
  route?: string;
  statusCode?: number;
  attempt?: number;
  count?: number;
  bytes?: number;
  durationMs?: number;
  delayMs?: number;
  setting?: string;
  port?: number;
  /** Its name, code, frames, and its message without what looks like an address, a number or a secret. */
  error?: unknown;
}

/** The process's log: one JSON object per line. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Writes out what is buffered, before the process ends. */
  flush(): void;
}

/** Fields that libraries are known to hang on their errors; a second guard behind the closed list above. */
const secretPaths = [
  "authorization",
  "password",
  "secret",
  "secrets",
  "apiKey",
  "masterKey",
  "token",
  "headers",
  "to",
  "recipient",
];

const errorDepthMax = 4;
const messageLengthMax = 1000;

/** `write` takes finished lines; standard output where left out. */
export function createLog(level: string, write?: (line: string) => void): Log {
  const output = write === undefined ? destination({ fd: 1, sync: false }) : undefined;
  const logger = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      messageKey: "message",
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...secretPaths, ...secretPaths.map((path) => `*.${path}`)], remove: true },
      serializers: { error: (error: unknown) => shownError(error, 0) },
    },
    output ?? { write: write ?? (() => undefined) },
  );
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    flush: () => output?.flushSync(),
  };
}

interface ShownError {
  name: string;
  message: string;
  code?: string;
  frames?: string[];
  cause?: ShownError;
}

function shownError(error: unknown, depth: number): ShownError {
  if (!(error instanceof Error)) return { name: typeof error, message: masked(String(error)) };
  const code: unknown = Reflect.get(error, "code");
  // The stack opens with the message, which may have several lines; frames are told by their form.
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    message: masked(error.message),
    ...(typeof code === "string" || typeof code === "number" ? { code: String(code) } : {}),
    frames: frames.slice(0, 20).map((line) => line.trim()),
    ...(error.cause === undefined || depth >= errorDepthMax ? {} : { cause: shownError(error.cause, depth + 1) }),
  };
}

/** Servers quote addresses in their refusals, and URLs carry tokens. */
function masked(text: string): string {
  return text
    .slice(0, messageLengthMax)
    .replace(/[^\s@<>"'()]{1,64}@[^\s@<>"'(),;]{1,255}/g, "[address]")
    .replace(/\bhttps?:\/\/[^\s"'<>]+/gi, "[url]")
    .replace(/\+?\d[\d\s().-]{6,18}\d/g, "[number]")
    .replace(/\b[A-Za-z0-9+/_-]{32,}={0,2}/g, "[token]");
}
