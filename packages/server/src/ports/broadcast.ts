/** What a hint is about; the receiver asks the store what exactly changed. */
export type Hint = "configuration" | "work" | "keys" | "tenants" | "inbox";

/**
 * Lossy hints between parts and processes. A hint may be lost, doubled or late; receivers catch up from a
 * sequence in the store, so a hint only makes them look earlier.
 */
export interface Broadcast {
  /** `subject` names what exactly changed, such as one recipient's inbox; empty where the hint says it all. At most 1,000 characters. */
  publish(hint: Hint, subject?: string): void;
  /** Returns the function that ends the subscription. */
  subscribe(hint: Hint, receive: (subject: string) => void): () => void;
  close(): Promise<void>;
}
