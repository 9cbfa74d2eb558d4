import type { CircuitCause, CircuitLimits } from "../../domain/circuit.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";

export interface HealthLimits {
  integration: CircuitLimits;
  destination: CircuitLimits;
  /** Destinations whose circuits are kept, of all integrations; the one longest unused is forgotten first. */
  destinationsMax: number;
}

export interface HealthObserver {
  /** A circuit has opened, or closed (`cause` undefined). `destination` is empty for the integration's own. */
  onCircuit(integration: IntegrationConfiguration, destination: string, cause: CircuitCause | undefined): void;
}
