import type { DayReason } from "@tidings/contract/allowances";
import type { Lane } from "@tidings/contract/words";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import { isTolled } from "./claims.ts";
import type { Pending, Ready } from "./place.ts";
import type { Tolls } from "./tolls.ts";

/** What a dispatcher asks of the day's allowances for its integration's messages. */
export class TollGate {
  readonly #tolls: Tolls;
  readonly #integration: IntegrationConfiguration;

  constructor(tolls: Tolls, integration: IntegrationConfiguration) {
    this.#tolls = tolls;
    this.#integration = integration;
  }

  /** True where what one message needs is in memory; it is paid for then. */
  letsIn(pending: Pending): boolean {
    const paid = this.#tolls.takeNow(this.#integration, pending.delivery);
    if (paid !== undefined) pending.paid = paid;
    return paid !== undefined;
  }

  /** Of messages of one lane those that are paid for, and why the others are not. */
  async admit(ready: readonly Ready[], lane: Lane) {
    const deliveries = ready.map(({ pending }) => pending.delivery);
    const given = await this.#tolls.take(this.#integration, deliveries, lane);
    const paid: Ready[] = [];
    const refused: { pending: Pending; reason: DayReason }[] = [];
    for (const [index, one] of ready.entries()) {
      const what = given[index];
      if (typeof what === "string") refused.push({ pending: one.pending, reason: what });
      else {
        if (what !== undefined) one.pending.paid = what;
        paid.push(one);
      }
    }
    return { paid, refused };
  }

  /** Whether nothing more of a lane goes out here today. */
  isShut(lane: Lane): boolean {
    return this.#tolls.holdsBack(this.#integration, lane) !== undefined;
  }

  /** Its attempt is not STARTED. */
  giveBack(pending: Pending): void {
    if (pending.paid !== undefined) this.#tolls.putBack(pending.paid);
    delete pending.paid;
  }
}

export function tollGate(tolls: Tolls, integration: IntegrationConfiguration): TollGate | undefined {
  return isTolled(integration) ? new TollGate(tolls, integration) : undefined;
}
