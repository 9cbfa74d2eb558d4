export interface WebhookAttemptRow {
  number: number;
  at: number;
  durationMs: number;
  /** Null where there was no answer. */
  status: number | null;
  /** Empty where it was taken. */
  code: string;
}
