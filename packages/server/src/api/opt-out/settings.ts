export interface OptOutSettings {
  /** Where recipients reach the server, without a slash at its end. */
  publicUrl: () => string;
  /** How long a link works by which a consent is confirmed. */
  consentLinkHours: number;
  /** Requests per link and second. */
  ratePerLinkPerSecond: number;
  bodyBytesMax: number;
}
