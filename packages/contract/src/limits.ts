/** Limits of the API that clients may rely on; the server's own settings may be lower, never higher. */
export const limits = {
  recipientsPerEvent: 1000,
  recipientsPerBatch: 1000,
  /** Categories, workflows, or tenants for which one recipient has choices. */
  choicesPerScope: 200,
  /** Purposes and channels for which one recipient has said yes or no. */
  consentsPerRecipient: 500,
  /** Topics among the recipients of one event. */
  topicsPerEvent: 20,
  subscribersPerCall: 1000,
  /** Segments among the recipients of one event; tests of one segment, and how many days back it looks. */
  segmentsPerEvent: 5,
  testsPerSegment: 50,
  segmentDays: 90,
  eventsPerBatch: 1000,
  /** Recipients that a dry run names one by one, and of whom its answer has each outcome. */
  recipientsPerDryRun: 100,
  /** Events that a replay names by their ids, names of events, workflows that it names, and events that it makes per second. */
  eventsPerReplay: 1000,
  namesPerReplay: 100,
  workflowsPerReplay: 100,
  replayedPerSecond: 10_000,
  previewsPerDryRun: 20,
  /** Days of events that a dry run goes back over, and recipients that its answer names. */
  historyDays: 90,
  historySample: 20,
  /** Entries of a table in a source's mapping, events of one record, and records of a source that are settled together. */
  mappingTable: 1000,
  eventsPerRecord: 1000,
  recordsPerBatch: 1000,
  bodyDepth: 32,
  idempotencyKeyLength: 255,
  stepsPerWorkflow: 100,
  stepsPerFallback: 5,
  headersPerFetch: 20,
  eventsPerDigest: 1000,
  runsPerThrottle: 100,
  /** Paths by which a step that waits for an event tells it from others. */
  matchesPerWait: 5,
  /** Recipients, topics and segments of an event that a step sends; characters of its data as JSON. */
  recipientsPerEventStep: 10,
  eventStepDataLength: 32_768,
  /** Days that a step looks back. */
  recentDays: 365,
  webhookSecretOverlapSeconds: 7 * 86_400,
  /** Documents that are written together. */
  documentsPerSet: 2000,
  /** Characters of a workflow's JSON Schema of event data. */
  dataSchemaLength: 65_536,
  /** Schemas in it, each counted as often as references lead to it. */
  dataSchemaParts: 2000,
  addressesPerChannel: 20,
  attachmentsPerMail: 20,
  /** Pictures and files of one SMS or chat message; providers that have a template of their own; number on an icon. */
  mediaUrlsPerMessage: 10,
  storedTemplates: 20,
  pushBadge: 2 ** 31 - 1,
  pageSize: 100,
  /** Due items of one queue that are counted. */
  countedPerQueue: 10_000,
  /** Pauses in force in one environment, and messages that one keeps, as they are counted. */
  pausesPerEnvironment: 1000,
  countedPerPause: 100_000,
  /** Groups in one answer of statistics, minutes, hours or days of one series, and points of all series together. */
  statisticGroups: 1000,
  statisticPoints: 1500,
  statisticPointsOfAll: 20_000,
  /** Faults that one answer, or one event of a batch, names. */
  faults: 100,
} as const;
