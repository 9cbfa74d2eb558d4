import { Circuit, type CircuitLimits } from "../../domain/circuit.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";

/** Circuits of destinations that refused something; a bounded number, the one longest without news is forgotten first. */
export class DestinationCircuits {
  readonly #limits: CircuitLimits;
  readonly #max: number;
  readonly #circuits = new Map<string, Circuit>();

  constructor(limits: CircuitLimits, max: number) {
    this.#limits = limits;
    this.#max = max;
  }

  get size(): number {
    return this.#circuits.size;
  }

  find(integration: IntegrationConfiguration, destination: string): Circuit | undefined {
    return this.#circuits.get(keyOf(integration, destination));
  }

  add(integration: IntegrationConfiguration, destination: string): Circuit {
    const circuit = new Circuit(this.#limits);
    this.#circuits.set(keyOf(integration, destination), circuit);
    if (this.#circuits.size > this.#max) {
      const [oldest = ""] = this.#circuits.keys();
      this.#circuits.delete(oldest);
    }
    return circuit;
  }
}

const keyOf = (integration: IntegrationConfiguration, destination: string): string =>
  `${integrationKey(integration)} ${destination}`;

/** Names an integration in all environments. */
export const integrationKey = ({ environmentId, key }: IntegrationConfiguration): string => `${environmentId}:${key}`;
