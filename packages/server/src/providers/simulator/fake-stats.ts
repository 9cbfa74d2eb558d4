export interface FakeProviderStats {
  requests: number;
  /** Messages taken from `POST /send`. */
  messages: number;
  /** Webhook calls taken. */
  hooks: number;
  refused: number;
  malformed: number;
  unanswered: number;
}

export const noStats = (): FakeProviderStats => ({
  requests: 0,
  messages: 0,
  hooks: 0,
  refused: 0,
  malformed: 0,
  unanswered: 0,
});
