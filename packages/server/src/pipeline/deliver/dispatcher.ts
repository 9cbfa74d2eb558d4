import { type Lane, lanes } from "@tidings/contract/words";
import type { WaitReason } from "@tidings/contract/workers";
import type { Delivery } from "../../domain/delivery.ts";
import { TemplateFault } from "../../domain/template-fault.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Provider } from "../../ports/provider.ts";
import type { AttemptStart, StartResult } from "../../ports/store/deliver.ts";
import { Buffer } from "./buffer.ts";
import { Caller } from "./caller.ts";
import type { DispatcherServices } from "./dispatcher-services.ts";
import { Gate } from "./gate.ts";
import { byTenant, fitsWith } from "./grouping.ts";
import type { IntegrationLoad } from "./load.ts";
import { newGroup } from "./new-group.ts";
import type { Group, Pending, Ready } from "./place.ts";
import type { Rate } from "./rate.ts";
import { rateOf } from "./rate-of.ts";
import { Slots } from "./slots.ts";
import { type StartBatchers, startBatchers } from "./start-batchers.ts";
import { type TollGate, tollGate } from "./toll-gate.ts";

const nothing = (): void => {};

/** Fewer messages than this under way are no crowd, however few places an integration has. */
const crowdMin = 100;
/**
 * Sends what one integration has to send.
 *
 *   buffered ──▶ placed: rendered ──▶ permitted ──▶ STARTED ──▶ called ──▶ outcome recorded ──▶ released
 *   new ──▶ placed: rendered ──▶ committed as STARTED ──▶ called …
 *
 * Invariants: a message takes a place (its destination's, the integration's, the process's) before STARTED and keeps
 * it until its outcome is recorded; no call without STARTED of all its messages; a call carries one lane and tenant;
 * what is new overtakes nothing that is buffered for its destination.
 */
export class Dispatcher {
  readonly #services: DispatcherServices;
  readonly #integration: IntegrationConfiguration;
  readonly #provider: Provider;
  readonly #caller: Caller;
  readonly #buffer: Buffer;
  readonly #slots: Slots;
  readonly #starts: StartBatchers;
  readonly #rate: Rate | undefined;
  readonly #gate: Gate;
  /** Undefined where nothing is to be paid. */
  readonly #toll: TollGate | undefined;
  #calls = 0;
  #dropped = false;

  constructor(
    integration: IntegrationConfiguration,
    provider: Provider,
    bufferMax: number,
    services: DispatcherServices,
  ) {
    this.#services = services;
    this.#integration = integration;
    this.#provider = provider;
    this.#gate = new Gate(services.health, integration);
    this.#toll = tollGate(services.tolls, integration);
    this.#caller = new Caller(services, integration, provider);
    const { limits, store } = services.on;
    this.#rate = rateOf(services.on, integration, provider);
    const maxInFlight = integration.document.limits?.maxInFlight ?? limits.maxInFlightPerIntegration;
    this.#slots = new Slots(maxInFlight);
    const apart = provider.destination !== undefined;
    this.#buffer = new Buffer({
      size: bufferMax,
      sizePerDestination: apart ? limits.bufferPerDestination : bufferMax,
      inFlightPerDestination: apart ? limits.maxInFlightPerDestination : maxInFlight,
    });
    this.#starts = startBatchers(store, limits.batchMax);
  }

  get integration(): IntegrationConfiguration {
    return this.#integration;
  }

  /** Messages that wait here in memory. */
  get waiting(): number {
    return this.#buffer.size;
  }

  /** Reckoned when somebody asks: nothing is kept up for it on the way of a message. */
  get load(): IntegrationLoad {
    const putOffIn = (lane: Lane): number => this.#rate?.putOff(lane) ?? 0;
    const putOff = lanes.reduce((sum, lane) => sum + putOffIn(lane), 0);
    return {
      integration: this.#integration,
      lanes: lanes.filter((lane) => putOffIn(lane) > 0 || this.#buffer.waits(lane)),
      waiting: this.#buffer.size + putOff,
      inFlight: this.#slots.taken - putOff,
      reason:
        this.#gate.isShut && this.#buffer.size > 0
          ? "circuit_open"
          : putOff > 0
            ? "rate_limited"
            : this.#missingPlace(),
    };
  }

  /** Most places are taken: who adds more should pause, or it will have to wait here, at the price of a write more. */
  get crowded(): boolean {
    return this.#slots.taken > Math.max(crowdMin, this.#slots.max / 2);
  }

  destinationOf(delivery: Delivery): string {
    return this.#provider.destination?.(delivery.to) ?? "";
  }

  /** False where the buffer has no room for it. `isProbe`: one message is to go, whatever state the integration is in. */
  offer(pending: Pending, isProbe: boolean): boolean {
    const isTaken = this.#buffer.offer(pending);
    if (isTaken && isProbe) this.#gate.letProbe();
    return isTaken;
  }

  /** Gives up what waits and is not STARTED, as another integration may take it. */
  divert(): void {
    for (const { delivery, settled } of this.#buffer.clear()) this.#services.reroute(delivery, settled);
    this.#rate?.clear();
  }

  /**
   * Places a message that is about to be committed, in `open` or in a group of its own. Undefined where it has to wait in
   * its queue: for others before it, a place, a permit, or a template that is not compiled yet.
   */
  place(delivery: Delivery, open: Group | undefined): Group | undefined {
    const { lane } = delivery.origin;
    if (this.#rate !== undefined) return undefined;
    if (this.#slots.free(lane) === 0 || this.#services.slots.free(lane) === 0) return undefined;
    const joins = open !== undefined && open.ready.length < this.#provider.maxBatch && fitsWith(delivery, open);
    if (!joins && !this.#mayCall()) return undefined;
    const pending: Pending = {
      delivery,
      destination: this.destinationOf(delivery),
      state: "waiting",
      settled: nothing,
    };
    if (!this.#buffer.enter(pending)) return undefined;
    const content = this.#services.renderer.renderNow(delivery);
    if (content === undefined || this.#toll?.letsIn(pending) === false) {
      this.#buffer.release(pending);
      return undefined;
    }
    this.#take(pending);
    if (joins) {
      open.ready.push({ pending, content });
      return open;
    }
    this.#calls += 1;
    return this.#newGroup([{ pending, content }]);
  }

  /** Makes the call of a group whose messages are STARTED, all but those in `stay`. */
  begin(group: Group, stay: ReadonlySet<string>): void {
    if (stay.size > 0) {
      for (const { pending } of group.ready) if (stay.has(pending.delivery.id)) this.#release(pending);
      group.ready = group.ready.filter(({ pending }) => pending.state === "placed");
    }
    for (const { pending } of group.ready) pending.state = "started";
    const end = (): void => {
      this.#calls -= 1;
      this.#services.onRelease();
    };
    if (group.ready.length === 0) {
      end();
      return;
    }
    // Its messages stay STARTED and keep their places; when their lease is over, the store brings them again.
    const fault = (error: unknown): void =>
      this.#services.on.observer.onFault("call", group.ready[0]?.pending.delivery.id ?? "", error);
    void this.#call(group).catch(fault).finally(end);
  }

  /** Nothing of the group was committed. */
  giveUp(group: Group): void {
    for (const { pending } of group.ready) this.#release(pending);
    this.#calls -= 1;
  }

  /** Starts as many calls as places allow, most urgent lane first. */
  pump(): void {
    for (const lane of lanes) {
      while (this.#buffer.size > 0 && this.#mayCall()) {
        const free = Math.min(this.#slots.free(lane), this.#services.slots.free(lane), this.#gate.permits());
        if (free === 0) break;
        const taken = this.#buffer.take(
          lane,
          this.#provider.maxBatch > 1 ? Math.min(free, this.#provider.maxBatch) : free,
        );
        if (taken.length === 0) break;
        for (const pending of taken) this.#take(pending);
        this.#gate.passed(taken.length);
        this.#calls += 1;
        void this.#dispatch(taken, lane);
      }
    }
  }

  /** Leaves what is not STARTED to the store: for a stop, or as another version of the integration has come. */
  drop(): void {
    this.#dropped = true;
    for (const pending of this.#buffer.clear()) pending.settled();
    this.#rate?.drop();
  }

  /** Whose places are all taken, for the most urgent of what is buffered. */
  #missingPlace(): WaitReason | undefined {
    const lane = lanes.find((each) => this.#buffer.waits(each));
    if (lane === undefined) return undefined;
    if (this.#services.slots.free(lane) === 0) return "process_busy";
    if (this.#slots.free(lane) === 0 || !this.#mayCall()) return "integration_busy";
    return this.#buffer.isStuck(lane) ? "destination_busy" : undefined;
  }

  /** A batching provider has a few calls under way; while they are, the next batch gathers. */
  #mayCall(): boolean {
    return this.#provider.maxBatch === 1 || this.#calls < this.#services.on.limits.callsPerIntegration;
  }

  async #dispatch(taken: readonly Pending[], lane: Lane): Promise<void> {
    try {
      const ready = await this.#render(taken);
      await Promise.all(byTenant(ready).map((part) => this.#permitted(part, lane)));
    } catch (error) {
      // The store did not take STARTED: no call was made, and the messages are still due.
      this.#services.on.observer.onFault("dispatch", taken[0]?.delivery.id ?? "", error);
      for (const pending of taken) if (pending.state === "placed") this.#release(pending);
    } finally {
      this.#calls -= 1;
      this.#services.onRelease();
    }
  }

  /** Sends as the integration's rate lets messages in. */
  async #permitted(ready: Ready[], lane: Lane): Promise<void> {
    if (this.#rate === undefined) return this.#send(ready, lane);
    const sent: Promise<void>[] = [];
    let rest = ready;
    try {
      await this.#rate.enter(lane, ready.length, (count) => {
        const sending = this.#send(rest.slice(0, count), lane);
        // One that fails before the others are let in is looked at below, and is no fault until then.
        sending.catch(nothing);
        sent.push(sending);
        rest = rest.slice(count);
      });
    } finally {
      for (const { pending } of rest) this.#moveOn(pending);
      await Promise.all(sent);
    }
  }

  async #render(taken: readonly Pending[]): Promise<Ready[]> {
    const ready: Ready[] = [];
    for (const pending of taken) {
      try {
        const content = this.#services.renderer.render(pending.delivery);
        ready.push({ pending, content: content instanceof Promise ? await content : content });
      } catch (error) {
        // The store did not give what it needs: the message is still due.
        if (!(error instanceof TemplateFault)) throw error;
        await this.#services.failTemplate(pending.delivery, error);
        this.#release(pending);
      }
    }
    return ready;
  }

  /** STARTED for all, in one store call; then one call per batch, each when the rate lets it go. */
  async #send(rendered: Ready[], lane: Lane): Promise<void> {
    const wanted = rendered.filter(({ pending }) => this.#mayStart(pending));
    const paused = rendered.length - wanted.length;
    // Not at once: the rate is just letting them in.
    if (paused > 0) await Promise.resolve().then(() => this.#rate?.forgo(paused));
    const ready = this.#toll === undefined ? wanted : await this.#pay(this.#toll, wanted, lane);
    if (ready.length === 0) return;
    const single = this.#provider.maxBatch === 1;
    const groups = (single ? ready.map((one) => [one]) : [ready]).map((group) => this.#newGroup(group));
    const starts = groups.flatMap((group) =>
      group.ready.map(
        ({ pending: { delivery } }): AttemptStart => ({
          environmentId: delivery.origin.environmentId,
          messageId: delivery.id,
          number: delivery.attempts + 1,
          call: group.start,
        }),
      ),
    );
    const results = await this.#starts[lane].submitAll(starts).catch((error: unknown) => {
      this.#rate?.forgo(ready.length);
      throw error;
    });
    let at = 0;
    for (const group of groups)
      group.ready = group.ready.filter(({ pending }) => this.#started(pending, results[at++]));
    this.#rate?.forgo(ready.length - groups.reduce((sum, group) => sum + group.ready.length, 0));
    await Promise.all(groups.map((group) => (group.ready.length === 0 ? undefined : this.#callInTurn(group))));
  }

  /** Those whose attempt is paid for; the others go another way, or wait for the next day. */
  async #pay(toll: TollGate, ready: readonly Ready[], lane: Lane): Promise<Ready[]> {
    const { paid, refused } = await toll.admit(ready, lane).catch((error: unknown) => {
      this.#rate?.forgo(ready.length);
      throw error;
    });
    this.#rate?.forgo(refused.length);
    for (const { pending, reason } of refused) {
      if (reason !== "budget_reached") this.#moveOn(pending);
      else await this.#services.putOff(pending.delivery, reason).finally(() => this.#release(pending));
    }
    if (refused.length > 0 && toll.isShut(lane)) this.divert();
    return paid;
  }

  /** Rendering takes time, and so does the rate: what is paused meanwhile goes back. */
  #mayStart(pending: Pending): boolean {
    if (!this.#services.isPaused(pending.delivery, this.#integration)) return true;
    this.#moveOn(pending);
    return false;
  }

  #started(pending: Pending, result: StartResult | undefined): boolean {
    const status = result?.status ?? "lost";
    if (status === "started") {
      pending.state = "started";
      return true;
    }
    if (status === "suppressed" || status === "expired")
      this.#services.on.observer.onHeldBack(pending.delivery, this.#integration, status);
    this.#release(pending);
    return false;
  }

  #newGroup(ready: Ready[]): Group {
    const { integration } = this;
    return newGroup(this.#services.on, integration, ready, this.#provider.callTimeoutMs, this.#rate?.aheadMs ?? 0);
  }

  #callInTurn(group: Group): Promise<void> {
    if (this.#rate === undefined) return this.#call(group);
    return this.#rate.turn(group.ready.length).then(() => this.#call(group));
  }

  async #call(group: Group): Promise<void> {
    await this.#caller.call(group);
    for (const { pending } of group.ready) this.#release(pending);
  }

  /** It has its destination's place already. */
  #take(pending: Pending): void {
    pending.state = "placed";
    this.#slots.take(1);
    this.#services.slots.take(1);
  }

  #release(pending: Pending): void {
    if (pending.state === "released") return;
    this.#free(pending);
    pending.settled();
    this.#services.onRelease();
  }

  /** It was not let in here: where this goes on, another way is looked for. */
  #moveOn(pending: Pending): void {
    if (this.#dropped || pending.state !== "placed") {
      this.#release(pending);
      return;
    }
    this.#free(pending);
    this.#services.reroute(pending.delivery, pending.settled);
  }

  #free(pending: Pending): void {
    if (pending.state === "placed") this.#toll?.giveBack(pending);
    pending.state = "released";
    this.#buffer.release(pending);
    this.#slots.release(1);
    this.#services.slots.release(1);
  }
}
