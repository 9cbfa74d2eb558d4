/** Ids: UUIDv8 (RFC 9562 §5.8), 48 bits of milliseconds first, so that they sort by time. Text form, lower case. */
export interface Ids {
  /** A new id of this moment. */
  next(): string;
  /** Always the same id for the same time and parts. */
  derive(timeMs: number, ...parts: string[]): string;
}
