import type { ErrorCode, Fault, Problem } from "@tidings/contract/errors";

/** What the SDK throws is always one of the subclasses of this one. `cause` holds what it was made from. */
export abstract class TidingsError extends Error {
  override name = "TidingsError";
  /** The contract's name of the call, such as `sendEvent`; empty where there was none yet. */
  readonly operation: string;

  constructor(operation: string, message: string, options?: { cause?: unknown }) {
    super(operation === "" ? message : `${operation}: ${message}`, options);
    this.operation = operation;
  }
}

/** What was given is no valid input; nothing was sent. `faults` names the path of each. */
export class TidingsInputError extends TidingsError {
  override name = "TidingsInputError";
  readonly faults: readonly Fault[];

  constructor(operation: string, faults: readonly Fault[], options?: { cause?: unknown }) {
    super(operation, faults.map(faultText).join("; "), options);
    this.faults = faults;
  }
}

/** Code of an answer that came from something in front of the server and is no problem of the closed list. */
export type ApiErrorCode = ErrorCode | "unknown" | (string & {});

/**
 * The server refused, or failed. `code` is of the contract's closed list; a newer server may have more of them, and what
 * stands in front of one, such as a proxy, gives `unknown`.
 */
export class TidingsApiError extends TidingsError {
  override name = "TidingsApiError";
  readonly status: number;
  readonly code: ApiErrorCode;
  readonly problem: Problem;
  readonly faults: readonly Fault[];
  /** Names the line in the server's log. */
  readonly requestId: string | undefined;
  /** What `Retry-After` asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** How often the call was made. */
  readonly attempts: number;

  constructor(
    operation: string,
    problem: Problem,
    { retryAfterMs, attempts }: { retryAfterMs: number | undefined; attempts: number },
  ) {
    super(operation, apiMessage(problem));
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
    this.faults = problem.errors ?? [];
    this.requestId = problem.requestId;
    this.retryAfterMs = retryAfterMs;
    this.attempts = attempts;
  }
}

/** No answer came: no connection, or it broke. Whether the server did what was asked is not known. */
export class TidingsConnectionError extends TidingsError {
  override name = "TidingsConnectionError";
}

/** No answer came in time. Whether the server did what was asked is not known. */
export class TidingsTimeoutError extends TidingsError {
  override name = "TidingsTimeoutError";
  readonly timeoutMs: number;

  constructor(operation: string, timeoutMs: number) {
    super(operation, `no answer within ${Math.ceil(timeoutMs)} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** The caller's signal ended the call; `cause` is the signal's reason. */
export class TidingsAbortError extends TidingsError {
  override name = "TidingsAbortError";
}

/** A successful answer is not what the contract says: something else than a Tidings server answers there. */
export class TidingsAnswerError extends TidingsError {
  override name = "TidingsAnswerError";
  readonly status: number;
  readonly faults: readonly Fault[];

  constructor(operation: string, status: number, faults: readonly Fault[], options?: { cause?: unknown }) {
    super(operation, `the answer is malformed: ${faults.map(faultText).join("; ")}`, options);
    this.status = status;
    this.faults = faults;
  }
}

function faultText({ path, message }: Fault): string {
  return path === "" ? message : `${path} ${message}`;
}

function apiMessage({ status, code, title, detail, errors = [] }: Problem): string {
  return [`${status} ${code}: ${detail ?? title}`, ...errors.map(faultText)].join("; ");
}
