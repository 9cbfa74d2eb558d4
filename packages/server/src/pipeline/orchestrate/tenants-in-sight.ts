import { z } from "zod";
import type { Tenant, Tenants } from "../../ports/tenants.ts";
import type { TenantsInSight } from "./policy.ts";

/** What is remembered of tenants; `missed` says that one was asked for who is not. */
export class RecalledTenants implements TenantsInSight {
  readonly #tenants: Pick<Tenants, "peek">;
  missed = false;

  constructor(tenants: Pick<Tenants, "peek">) {
    this.#tenants = tenants;
  }

  find(environmentId: number, tenant: string): Tenant | undefined {
    const known = this.#tenants.peek(environmentId, tenant);
    if (known === undefined) this.missed = true;
    return known;
  }
}

/** Tenants that were read for a batch of turns. */
export class LoadedTenants implements TenantsInSight {
  readonly #tenants: Pick<Tenants, "load">;
  readonly #loaded = new Map<string, Tenant>();

  constructor(tenants: Pick<Tenants, "load">) {
    this.#tenants = tenants;
  }

  /** Empty ones are passed over, and those whose document is not read: who asks for one of these is told so. */
  async add(environmentId: number, keys: Iterable<string>): Promise<void> {
    const missing = [...new Set(keys)].filter((key) => key !== "" && !this.#loaded.has(nameOf(environmentId, key)));
    await Promise.all(
      missing.map(async (key) => {
        try {
          this.#loaded.set(nameOf(environmentId, key), await this.#tenants.load(environmentId, key));
        } catch (error) {
          // A store that is away is another matter: all of it is tried again.
          if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
        }
      }),
    );
  }

  find(environmentId: number, tenant: string): Tenant {
    const known = this.#loaded.get(nameOf(environmentId, tenant));
    if (known === undefined) throw new RangeError(`tenant ${tenant} was not read before the turn was planned`);
    return known;
  }
}

const nameOf = (environmentId: number, key: string): string => `${environmentId}:${key}`;
