/** A recipient's place in the order of a sweep. */
export interface AttentionPlace {
  environmentId: number;
  recipient: string;
}

export interface AttentionStore {
  /**
   * Looks at up to `limit` recipients behind `after`, and forgets what they were sent where no cap counts any of it. Gives the last that
   * it looked at; undefined where there were no more.
   */
  sweepAttention(input: {
    after: AttentionPlace | undefined;
    now: number;
    limit: number;
  }): Promise<AttentionPlace | undefined>;
}
