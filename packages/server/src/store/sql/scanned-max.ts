/** Rows that one page of messages or of deliveries looks at. Filters other than the event's have no index, which every row would pay for. */
export const scannedMax = 5_000;
