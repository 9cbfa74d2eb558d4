import { Circuit } from "../../domain/circuit.ts";
import { type CircuitEffect, effectsOfCall, takeEffect } from "../../domain/circuit-effect.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Outcome } from "../../ports/provider.ts";
import { CircuitLooks } from "./circuit-looks.ts";
import { DestinationCircuits, integrationKey } from "./destination-circuits.ts";
import type { HealthLimits, HealthObserver } from "./health-ports.ts";

interface Account {
  integration: IntegrationConfiguration;
  circuit: Circuit;
  timer: Timer | undefined;
}

export interface WatchedCall {
  account: Account;
  call: number;
  isMany: boolean;
}

/**
 * What is known of integrations by what became of calls. In memory, per process: each finds out by itself, within a few calls.
 * A changed integration begins anew.
 */
export class Health {
  readonly #on: { clock: Clock; observer: HealthObserver };
  readonly #limits: HealthLimits;
  readonly #changed: (integration: IntegrationConfiguration) => boolean;
  readonly #accounts = new Map<string, Account>();
  readonly #destinations: DestinationCircuits;
  readonly #looks: CircuitLooks;

  /**
   * `changed` is told where an integration, or a destination of it, has opened or closed, or may be probed; it says whether
   * messages wait there for that.
   */
  constructor(
    on: { clock: Clock; observer: HealthObserver },
    limits: HealthLimits,
    changed: (integration: IntegrationConfiguration) => boolean,
  ) {
    this.#on = on;
    this.#limits = limits;
    this.#destinations = new DestinationCircuits(limits.destination, limits.destinationsMax);
    this.#changed = changed;
    this.#looks = new CircuitLooks(on.clock, limits.integration.pauseMs, changed);
  }

  /** Whether a message may go by an integration to a destination. */
  passes(integration: IntegrationConfiguration, destination: string): "yes" | "probe" | "no" {
    const now = this.#on.clock.monotonic();
    const own = this.#accounts.get(integrationKey(integration))?.circuit.passes(now) ?? "yes";
    if (own === "no" || destination === "") return own;
    const there = this.#destinations.find(integration, destination)?.passes(now) ?? "yes";
    return there === "yes" ? own : there;
  }

  /** A message goes as a probe. */
  takeProbe(integration: IntegrationConfiguration, destination: string): void {
    const now = this.#on.clock.monotonic();
    for (const circuit of this.#circuits(integration, destination)) circuit?.takeProbe(now);
  }

  /** A message waits for one that is open: whatever became of those before it, somebody looks again. */
  watch(integration: IntegrationConfiguration, destination: string): void {
    for (const circuit of this.#circuits(integration, destination))
      if (circuit !== undefined) this.#looks.watch(circuit, integration);
  }

  /** Why an integration lets nothing through, and since when on the monotonic clock; undefined where it does. */
  openOf(integration: IntegrationConfiguration) {
    return this.#accounts.get(integrationKey(integration))?.circuit.openSince(this.#on.clock.monotonic());
  }

  /** `isMany`: see `effectsOfCall`; nobody listens for its silence. */
  begin(integration: IntegrationConfiguration, isMany: boolean): WatchedCall {
    const account = this.#account(integration);
    if (isMany) return { account, call: 0, isMany };
    const call = account.circuit.begin(this.#on.clock.monotonic());
    if (account.timer === undefined) this.#listen(account);
    return { account, call, isMany };
  }

  /** A call has ended; `groupOf` gives the destination of a message by its index. */
  end({ account, call, isMany }: WatchedCall, outcomes: readonly Outcome[], groupOf: (index: number) => string): void {
    const now = this.#on.clock.monotonic();
    const { integration, destinations } = effectsOfCall(outcomes, isMany);
    for (const { index, effect } of destinations) {
      if (effect.effect === "succeed" && this.#destinations.size === 0) continue;
      this.#tellDestination(account.integration, groupOf(index), effect, now);
    }
    if (integration === undefined) account.circuit.forget(call);
    else if (takeEffect(account.circuit, integration, call, now))
      this.#tell(account.circuit, account.integration, "", now);
  }

  stop(): void {
    this.#looks.stop();
    for (const { timer } of this.#accounts.values()) timer?.cancel();
  }

  #tellDestination(
    integration: IntegrationConfiguration,
    destination: string,
    effect: CircuitEffect,
    now: number,
  ): void {
    if (destination === "") return;
    const known = this.#destinations.find(integration, destination);
    if (known === undefined && effect.effect === "succeed") return;
    const circuit = known ?? this.#destinations.add(integration, destination);
    if (takeEffect(circuit, effect, circuit.begin(now), now)) this.#tell(circuit, integration, destination, now);
  }

  #tell(circuit: Circuit, integration: IntegrationConfiguration, destination: string, now: number): void {
    const open = circuit.openSince(now);
    this.#on.observer.onCircuit(integration, destination, open?.cause);
    this.#changed(integration);
    if (open !== undefined) this.#looks.lookIn(open.nextProbeInMs, circuit, integration);
  }

  #circuits(integration: IntegrationConfiguration, destination: string) {
    const own = this.#accounts.get(integrationKey(integration))?.circuit;
    return [own, destination === "" ? undefined : this.#destinations.find(integration, destination)];
  }

  #listen(account: Account): void {
    account.timer = this.#on.clock.after(Math.ceil(this.#limits.integration.silenceMs / 4), () => {
      account.timer = undefined;
      const now = this.#on.clock.monotonic();
      if (account.circuit.listen(now)) this.#tell(account.circuit, account.integration, "", now);
      if (account.circuit.waiting > 0) this.#listen(account);
    });
  }

  #account(integration: IntegrationConfiguration): Account {
    const key = integrationKey(integration);
    const known = this.#accounts.get(key);
    if (known !== undefined && known.integration.version === integration.version) return known;
    known?.timer?.cancel();
    const account = { integration, circuit: new Circuit(this.#limits.integration), timer: undefined };
    this.#accounts.set(key, account);
    return account;
  }
}
