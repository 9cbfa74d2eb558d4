export interface OptOutSettings {
  /** Requests per link and second. */
  ratePerLinkPerSecond: number;
  bodyBytesMax: number;
}
