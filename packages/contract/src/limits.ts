/** Limits of the API that clients may rely on; the server's own settings may be lower, never higher. */
export const limits = {
  recipientsPerEvent: 1000,
  eventsPerBatch: 1000,
  bodyDepth: 32,
  idempotencyKeyLength: 255,
  stepsPerWorkflow: 100,
  headersPerFetch: 20,
  webhookSecretOverlapSeconds: 7 * 86_400,
  addressesPerChannel: 20,
  attachmentsPerMail: 20,
  pageSize: 100,
  /** Faults that one answer, or one event of a batch, names. */
  faults: 100,
} as const;
