import type { Lane } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { OrderMark } from "../../domain/order.ts";
import type { Json } from "../../domain/steps/step-kind.ts";
import type { Versioned } from "../../ports/configuration.ts";

/** A run, as far as its messages and decisions carry it. */
export interface RunFrame {
  id: string;
  environmentId: number;
  eventId: string;
  /** Text of the trace that the turn belongs to; null for none. */
  trace: string | null;
  workflow: Versioned<WorkflowBody>;
  lane: Lane;
  tenant: string;
  expiresAt: number | null;
  /** Due time of the durable step at which this turn began, ms. */
  baseTime: number;
  now: number;
  data: Record<string, unknown>;
  journal: Readonly<Record<string, Json>>;
  /** Where its event stands among those of its ordering key; undefined where it has none. */
  order: OrderMark | undefined;
  /** Its event, where that is a campaign. */
  campaign?: string | undefined;
  /** When its recipient has their turn, where that is later than now. */
  startAt?: number | undefined;
  /** The step in whose place this turn sends, and why; undefined where it sends for itself. */
  fallbackOf?: string | undefined;
}
