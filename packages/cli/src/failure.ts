import type { Outcome } from "./exit-codes.ts";

/** Something wrong in a place that can be pointed at: a field of a request, or a line of a file. */
export interface Place {
  /** As in `workflows/order.yaml:12:3` or `recipients[0].email`. */
  at: string;
  message: string;
  hint?: string | undefined;
}

interface FailureOptions {
  hint?: string | undefined;
  places?: readonly Place[];
  /** Code of the API's closed list, where it was the API that refused. */
  code?: string | undefined;
  cause?: unknown;
}

/** Why a command ends without having done its work, as its user reads it: what, where, and what to do about it. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly outcome: Outcome;
  readonly hint: string | undefined;
  readonly places: readonly Place[];
  readonly code: string | undefined;

  constructor(outcome: Outcome, what: string, options: FailureOptions = {}) {
    super(what, { cause: options.cause });
    this.outcome = outcome;
    this.hint = options.hint;
    this.places = options.places ?? [];
    this.code = options.code;
  }
}

/** A call that cannot be understood. */
export function usage(what: string, hint?: string): Failure {
  return new Failure("usage", what, { hint });
}
