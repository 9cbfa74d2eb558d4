/** A call that is about to be made; messages of one call share the object. */
export interface CallStart {
  callId: string;
  integration: string;
  /** Process that makes the call. */
  node: string;
  at: number;
  leaseUntil: number;
}
