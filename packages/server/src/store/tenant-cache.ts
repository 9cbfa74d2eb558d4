import { tenantBodySchema } from "@tidings/contract/tenants";
import type { Broadcast } from "../ports/broadcast.ts";
import type { Clock } from "../ports/clock.ts";
import type { TenantStore } from "../ports/store/tenants.ts";
import type { Tenant, Tenants } from "../ports/tenants.ts";

interface Parts {
  store: Pick<TenantStore, "getTenant">;
  broadcast: Pick<Broadcast, "subscribe">;
  clock: Clock;
}

export interface TenantCacheLimits {
  /** Tenants in memory; the one that was read longest ago goes first. */
  cachedTenantsMax: number;
  /** How long a tenant is taken from memory before the store is asked again. */
  cachedTenantMs: number;
}

interface Kept {
  tenant: Tenant;
  readAt: number;
}

/**
 * Tenants that were asked for lately. A hint that one was written empties it; where the hint is lost, time does. A
 * tenant in its second half of time is read anew behind the answer, so that one that is busy is always there.
 *
 * Invariants: at most one read per tenant is under way; what was read before a hint came is not kept.
 */
export class TenantCache implements Tenants {
  readonly #parts: Parts;
  readonly #limits: TenantCacheLimits;
  readonly #kept = new Map<string, Kept>();
  readonly #reading = new Map<string, Promise<Tenant>>();
  readonly #unsubscribe: () => void;

  constructor(parts: Parts, limits: TenantCacheLimits) {
    this.#parts = parts;
    this.#limits = limits;
    this.#unsubscribe = parts.broadcast.subscribe("tenants", () => {
      this.#kept.clear();
      this.#reading.clear();
    });
  }

  peek(environmentId: number, key: string): Tenant | undefined {
    const name = `${environmentId}:${key}`;
    const kept = this.#kept.get(name);
    if (kept === undefined) return undefined;
    const age = this.#parts.clock.now() - kept.readAt;
    if (age >= this.#limits.cachedTenantMs) return undefined;
    // A fault is met again by whoever finds it gone.
    if (age * 2 >= this.#limits.cachedTenantMs) this.#read(name, environmentId, key).catch(() => undefined);
    return kept.tenant;
  }

  load(environmentId: number, key: string): Promise<Tenant> {
    const kept = this.peek(environmentId, key);
    return kept === undefined ? this.#read(`${environmentId}:${key}`, environmentId, key) : Promise.resolve(kept);
  }

  stop(): void {
    this.#unsubscribe();
  }

  #read(name: string, environmentId: number, key: string): Promise<Tenant> {
    const known = this.#reading.get(name);
    if (known !== undefined) return known;
    const reading = this.#fetch(environmentId, key);
    this.#reading.set(name, reading);
    const readAt = this.#parts.clock.now();
    reading.then(
      (tenant) => {
        if (this.#reading.get(name) === reading) this.#keep(name, { tenant, readAt });
      },
      () => {
        if (this.#reading.get(name) === reading) this.#reading.delete(name);
      },
    );
    return reading;
  }

  async #fetch(environmentId: number, key: string): Promise<Tenant> {
    const row = await this.#parts.store.getTenant({ environmentId, key });
    const {
      name,
      branding = {},
      ...policy
    } = row === undefined ? {} : tenantBodySchema.parse(JSON.parse(row.document));
    return { key, name, branding, ...policy };
  }

  #keep(name: string, kept: Kept): void {
    this.#reading.delete(name);
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    if (this.#kept.size <= this.#limits.cachedTenantsMax) return;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }
}
