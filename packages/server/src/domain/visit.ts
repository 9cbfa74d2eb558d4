/** What a mail tells when it is read: its picture was loaded, or one of its links followed. */
export const visitKinds = ["opened", "clicked"] as const;
export type VisitKind = (typeof visitKinds)[number];

/** What became of it: it is kept, it had no room or the store did not take it, or it was no person's. */
export const visitResults = ["recorded", "dropped", "machine"] as const;
export type VisitResult = (typeof visitResults)[number];

export interface Visit {
  environmentId: number;
  messageId: string;
  kind: VisitKind;
  /** ms. */
  at: number;
}
