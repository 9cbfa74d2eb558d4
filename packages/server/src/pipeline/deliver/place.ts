import type { Delivery } from "../../domain/delivery.ts";
import type { RenderedContent } from "../../ports/provider.ts";
import type { CallStart } from "../../ports/store/call-start.ts";
import type { Paid } from "./till.ts";

/**
 * A message in the hands of deliver.
 *
 *   waiting ──▶ placed ──▶ started ──▶ released
 *                  └───────────────────▶
 *
 * Placed, it has a place at its destination, at its integration and in the process, and keeps them until it is released.
 * Started, it may be at the provider: its places are free only once an outcome is recorded.
 */
export interface Pending {
  delivery: Delivery;
  destination: string;
  state: "waiting" | "placed" | "started" | "released";
  /** Tells the queue that it is done with here. */
  settled: () => void;
  /** What its attempt has taken of days' allowances; given back where it is not STARTED. */
  paid?: readonly Paid[];
}

/** A message with its content, ready for STARTED. */
export interface Ready {
  pending: Pending;
  content: RenderedContent;
}

/** What one call will carry, or carries. */
export interface Group {
  start: CallStart;
  ready: Ready[];
  timeoutMs: number;
  /** When the lease began, on the monotonic clock, and how long it lasts. */
  leaseFrom: number;
  leaseMs: number;
}
