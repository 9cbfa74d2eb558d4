import type { ReplicaReason, WorkerReplica } from "@tidings/contract/workers";

/** A server that answers, and is not to be read from now. */
export class Unfit extends Error {
  override name = "Unfit";
  readonly reason: ReplicaReason;
  readonly behindMs: number | undefined;

  constructor(reason: ReplicaReason, message: string, behindMs?: number) {
    super(message);
    this.reason = reason;
    this.behindMs = behindMs;
  }
}

/** What is told of a replica that is left aside for this fault: of several servers, for the first that answered. */
export function asideFor(error: unknown): WorkerReplica {
  const unfit = unfitOf(error);
  if (unfit === undefined) return { state: "aside", reason: "unavailable" };
  const { reason, behindMs } = unfit;
  return { state: "aside", reason, ...(behindMs === undefined ? {} : { behindMs: Math.round(behindMs) }) };
}

function unfitOf(error: unknown): Unfit | undefined {
  if (error instanceof Unfit) return error;
  if (error instanceof AggregateError) return error.errors.find((each) => each instanceof Unfit);
  return error instanceof Error && error.cause !== undefined ? unfitOf(error.cause) : undefined;
}
