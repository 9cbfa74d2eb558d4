import type { DayReason } from "@tidings/contract/allowances";
import type { Delivery } from "../../domain/delivery.ts";
import type { TemplateFault } from "../../domain/template-fault.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Health } from "./health.ts";
import type { OptOutLinks } from "./opt-out-links.ts";
import type { Outcomes } from "./outcomes.ts";
import type { DeliverDependencies } from "./ports.ts";
import type { Renderer } from "./renderer.ts";
import type { Slots } from "./slots.ts";
import type { Tolls } from "./tolls.ts";

/** What dispatchers of one process share. */
export interface DispatcherServices {
  on: DeliverDependencies;
  /** Places for messages under way in the whole process. */
  slots: Slots;
  renderer: Renderer;
  outcomes: Outcomes;
  optOutLinks: OptOutLinks;
  health: Health;
  tolls: Tolls;
  /** Has a message wait for the next day. */
  putOff: (delivery: Delivery, reason: DayReason) => Promise<void>;
  /** Finds another way for a message that is not STARTED, or the same again where there is none. */
  reroute: (delivery: Delivery, settled: () => void) => void;
  /** A pause has begun that the message, or the integration, is of. */
  isPaused: (delivery: Delivery, integration: IntegrationConfiguration) => boolean;
  /** Gives a message up without an attempt: its template fails. */
  failTemplate: (delivery: Delivery, fault: TemplateFault) => Promise<void>;
  /** Places have become free. */
  onRelease: () => void;
}
