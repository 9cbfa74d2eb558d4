import { type ErrorCode, errorCodes, type Fault } from "@tidings/contract/errors";

/** A fault that has a code of the closed list; the API turns it into a problem. */
export class TidingsError extends Error {
  override name = "TidingsError";
  readonly code: ErrorCode;
  readonly faults: readonly Fault[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    options: { detail?: string; faults?: readonly Fault[]; retryAfterSeconds?: number } = {},
  ) {
    super(options.detail ?? errorCodes[code][1]);
    this.code = code;
    this.faults = options.faults ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
