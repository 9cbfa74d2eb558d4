/** Bounds of the API, with the names of the settings (`config.ts`). */
export interface ApiLimits {
  bodyBytesMax: number;
  batchBodyBytesMax: number;
  /** All attachments of a direct message. */
  messageAttachmentsBytesMax: number;
  feedbackBodyBytesMax: number;
  /** What is said where something cannot be taken at the moment. */
  retryAfterSeconds: number;
  /** Answers to words that come in by SMS: to one number in an hour, and how long behind its word one goes out. */
  answersPerHourMax: number;
  answerLifeMs: number;
  configurationBodyBytesMax: number;
  bodyDepthMax: number;
  /** Requests per API key and second. */
  ratePerKeyPerSecond: number;
  requestTimeoutMs: number;
  keepAliveTimeoutMs: number;
  connectionsMax: number;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  cachedKeysMax: number;
  cachedKeyMs: number;
  eventMessagesShownMax: number;
  /** Lines of one import of suppressions, and its bytes. */
  suppressionImportRowsMax: number;
  suppressionImportBytesMax: number;
  /** Webhook endpoints of one environment. */
  webhooksMax: number;
  /** Messages of a recipient that a segment looks at, time of one count, and counts under way at once. */
  segmentMessagesMax: number;
  segmentCountMs: number;
  segmentCountsMax: number;
}
