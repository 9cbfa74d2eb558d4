/** Ids: UUIDv8 (RFC 9562 §5.8), 48 bits of milliseconds first, so that they sort by time. Text form, lower case. */
export interface Ids {
  /** A new id of this moment. */
  next(): string;
  /** Always the same id for the same time and parts. */
  derive(timeMs: number, ...parts: string[]): string;
  /** The same; of those of one millisecond, those of a lesser place sort first. See `placeOf` in lib/ids.ts. */
  deriveAt(timeMs: number, place: string, ...parts: string[]): string;
}
