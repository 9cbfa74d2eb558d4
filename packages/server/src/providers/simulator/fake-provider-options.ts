import type { Faults } from "./settings.ts";

export interface FakeProviderOptions {
  port: number;
  /** Address that it listens on; 127.0.0.1 where left out. */
  host?: string;
  /** File that gets a JSON line per message taken: `{"id","attempt","callId","at"}`. */
  journal?: string;
  faults?: Partial<Faults>;
  /** Accepts connections and requests, answers none. */
  blackhole?: boolean;
  /** Takes nothing, and answers every POST with this status. */
  answerStatus?: number;
  /** Paths that are never answered. */
  blackholePaths?: readonly string[];
  feedback?: { url: string; secret: string };
}
