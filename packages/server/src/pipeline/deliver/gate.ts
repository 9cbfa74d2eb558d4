import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Health } from "./health.ts";

/**
 * Whether an integration's messages may go. Nothing goes out through an account that lets nothing out, or that is to be left alone
 * for a time, but probes. One that merely fails is avoided by who has another way, and used by who has none.
 */
export class Gate {
  readonly #health: Health;
  readonly #integration: IntegrationConfiguration;
  /** Messages that may go though nothing else does, to see whether it works again. */
  #probes = 0;

  constructor(health: Health, integration: IntegrationConfiguration) {
    this.#health = health;
    this.#integration = integration;
  }

  get isShut(): boolean {
    const cause = this.#health.openOf(this.#integration)?.cause;
    return cause === "account" || cause === "held";
  }

  /** How many messages may go now. */
  permits(): number {
    if (!this.isShut) return Number.POSITIVE_INFINITY;
    if (this.#probes === 0 && this.#health.passes(this.#integration, "") === "probe") {
      this.#health.takeProbe(this.#integration, "");
      this.#probes = 1;
    }
    return this.#probes;
  }

  /** A message that has come is a probe. */
  letProbe(): void {
    this.#probes += 1;
  }

  /** So many messages go. */
  passed(count: number): void {
    this.#probes = Math.max(0, this.#probes - count);
  }
}
