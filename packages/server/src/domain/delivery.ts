import type { Content } from "@tidings/contract/messages";
import type { MessageOrigin } from "./message.ts";
import type { Json } from "./steps/step-kind.ts";

/** A message on its way, opened: what deliver renders and sends. It lives in memory only. */
export interface Delivery {
  id: string;
  eventId: string;
  origin: MessageOrigin;
  recipient: {
    id: string;
    locale?: string | undefined;
    timeZone?: string | undefined;
    /** ISO 3166-1 alpha-2. */
    country?: string | undefined;
    attributes: Record<string, unknown>;
  };
  /** Address in clear. */
  to: string;
  /** From when the recipient's data with this address is, ms: what ended before may have ended another's. */
  addressKnownSince: number;
  /** Ready content of a direct message. */
  content: Content | undefined;
  data: Record<string, unknown>;
  /** Results of the run's earlier steps, by step; undefined where there are none. */
  steps: Readonly<Record<string, Json>> | undefined;
  /** Text of the trace that it belongs to (domain/trace-context); null for none. */
  trace: string | null;
  createdAt: number;
  /** Until when a rule put it off as it was made, ms: how long it takes is counted from then. Left out where from `createdAt`. */
  putOffTo?: number | undefined;
  expiresAt: number | null;
  attempts: number;
  firstAttemptAt: number | null;
  last: { integration: string; outcome: "rejected" | "unknown" } | undefined;
  /** Key of the integration that alone may carry it; left out where any may. */
  via?: string | undefined;
  /** Others of its ordering key may wait for it. */
  isOrdered?: boolean;
}
