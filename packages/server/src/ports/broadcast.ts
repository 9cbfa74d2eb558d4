/** What a hint is about; the receiver asks the store what exactly changed. */
export type Hint = "configuration" | "work" | "keys" | "tenants";

/**
 * Lossy hints between parts and processes. A hint may be lost, doubled or late; receivers catch up from a
 * sequence in the store, so a hint only makes them look earlier.
 */
export interface Broadcast {
  publish(hint: Hint): void;
  /** Returns the function that ends the subscription. */
  subscribe(hint: Hint, receive: () => void): () => void;
  close(): Promise<void>;
}
