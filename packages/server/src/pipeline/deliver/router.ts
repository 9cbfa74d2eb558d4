import type { DayReason } from "@tidings/contract/allowances";
import { addressGroup, countryOfAddress } from "../../domain/address-group.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import { candidates, choose, isSameForAll, named, type Routing, routed } from "../../domain/route.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Health } from "./health.ts";
import { openWays } from "./paused-ways.ts";
import type { DayBounds, Kept, Route, RouterParts } from "./route-ports.ts";

interface Way {
  ordered: readonly IntegrationConfiguration[];
  routing: Routing | undefined;
  /** Every message of the way has all of them, in this order. */
  isSame: boolean;
}

/** Picks the integration of an attempt: by configuration, then by how each fares. */
export class Router {
  readonly #parts: RouterParts;
  readonly #health: Health;
  readonly #bounds: DayBounds;
  /** Per list that the configuration gives, what was sorted out of it: found again for each message. */
  readonly #ways = new WeakMap<readonly IntegrationConfiguration[], Map<string, Way>>();

  constructor(parts: RouterParts, health: Health, bounds: DayBounds) {
    this.#parts = parts;
    this.#health = health;
    this.#bounds = bounds;
  }

  /** Undefined where none serves it; what keeps it; or why it waits for the next day where those that serve it have had enough today. */
  route(delivery: Delivery): Route | Kept | DayReason | undefined {
    const { origin, attempts, last } = delivery;
    const pause = this.#pauses(origin).of(origin, this.#parts.clock.now());
    if (pause !== undefined) return { pause };
    const ordered = this.#orderedFor(delivery);
    const open = this.#openOf(ordered, delivery);
    if ("id" in open) return { pause: open };
    const group = addressGroup(origin.channel, delivery.to);
    const passes = (candidate: IntegrationConfiguration) => this.#health.passes(candidate, group);
    const best = choose(open, { last, attempts, lane: origin.lane }, passes);
    if (best === undefined) return undefined;
    const route = (integration: IntegrationConfiguration) => {
      return { integration, passes: passes(integration), among: ordered.length };
    };
    const reason = this.#bounds.holdsBack(best, origin.lane);
    if (reason === undefined) return route(best);
    const others = open.filter((candidate) => this.#bounds.holdsBack(candidate, origin.lane) === undefined);
    const other = choose(others, { last, attempts, lane: origin.lane }, passes);
    return other === undefined ? reason : route(other);
  }

  /** Whether another integration would take the message at once; `candidates` is how many there are for it. */
  elsewhere(delivery: Delivery, than: IntegrationConfiguration): { isOpen: boolean; candidates: number } {
    const all = this.#orderedFor(delivery);
    const open = this.#openOf(all, { ...delivery, last: undefined });
    const ordered = "id" in open ? [] : open;
    const group = addressGroup(delivery.origin.channel, delivery.to);
    const isOpen = ordered.some(
      (candidate) =>
        candidate.key !== than.key &&
        this.#health.passes(candidate, group) === "yes" &&
        this.#bounds.holdsBack(candidate, delivery.origin.lane) === undefined,
    );
    return { isOpen, candidates: ordered.length };
  }

  /** Whether it may not start an attempt there, by a pause that has begun since it was routed. */
  isPaused({ origin }: Delivery, integration: IntegrationConfiguration): boolean {
    const pauses = this.#pauses(origin);
    if (pauses.isEmpty) return false;
    const now = this.#parts.clock.now();
    return (pauses.of(origin, now) ?? pauses.ofIntegration(integration.key, origin, now)) !== undefined;
  }

  #pauses({ environmentId }: MessageOrigin) {
    return this.#parts.configuration.pauses(environmentId);
  }

  #openOf(ordered: readonly IntegrationConfiguration[], { origin, last }: Pick<Delivery, "origin" | "last">) {
    const { lane, tenant } = origin;
    return openWays(ordered, { last, lane, tenant }, this.#pauses(origin), this.#parts.clock.now());
  }

  /** How many there are for messages of an origin, if each serves them all. */
  candidatesOf(origin: MessageOrigin): number {
    return this.#way(this.#parts.configuration.integrations(origin.environmentId), origin).ordered.length;
  }

  #orderedFor(delivery: Delivery): readonly IntegrationConfiguration[] {
    const { origin, via, to } = delivery;
    const all = this.#parts.configuration.integrations(origin.environmentId);
    if (via !== undefined) return named(all, origin.channel, via);
    const { ordered, isSame, routing } = this.#way(all, origin);
    if (isSame) return ordered;
    const facts = {
      messageId: delivery.id,
      tenant: origin.tenant,
      group: addressGroup(origin.channel, to),
      country: countryOfAddress(origin.channel, to, delivery.recipient.country),
    };
    return routed(ordered, origin.channel, facts, routing).filter(
      ({ document }) => this.#parts.servesOf(document.provider)?.(to) !== false,
    );
  }

  #way(all: readonly IntegrationConfiguration[], origin: MessageOrigin): Way {
    const routing = this.#parts.configuration.policy(origin.environmentId)?.document.routing;
    let byWay = this.#ways.get(all);
    if (byWay === undefined) {
      byWay = new Map();
      this.#ways.set(all, byWay);
    }
    const name = `${origin.channel}.${origin.lane}`;
    const known = byWay.get(name);
    if (known !== undefined && known.routing === routing) return known;
    const ordered = candidates(all, origin.channel, origin.lane);
    const choosy = ordered.some(({ document }) => this.#parts.servesOf(document.provider) !== undefined);
    const way = { ordered, routing, isSame: !choosy && isSameForAll(ordered, origin.channel, routing) };
    byWay.set(name, way);
    return way;
  }
}
