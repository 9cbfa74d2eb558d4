/** What a hint is about; the receiver asks the store what exactly changed. */
export const hints = ["configuration", "work", "keys", "tenants", "inbox"] as const;
export type Hint = (typeof hints)[number];

/**
 * Lossy hints between parts and processes. A hint may be lost, doubled or late; receivers catch up from a
 * sequence in the store, so a hint only makes them look earlier.
 */
export interface Broadcast {
  /** `subject` names what exactly changed, such as one recipient's inbox; empty where it may be anything. At most 1,000 characters. */
  publish(hint: Hint, subject?: string): void;
  /**
   * Returns the function that ends the subscription. An empty subject may come for any hint, also where none was published:
   * hints may have been lost, and the receiver looks at all.
   */
  subscribe(hint: Hint, receive: (subject: string) => void): () => void;
  close(): Promise<void>;
}
