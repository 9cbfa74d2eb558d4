import type { TenantPreferences } from "@tidings/contract/preferences";
import { z } from "zod";
import type { Tenants } from "../../ports/tenants.ts";
import type { TenantsInSight } from "./policy.ts";

/** What is remembered of tenants; `missed` says that one was asked for who is not. */
export class RecalledTenants implements TenantsInSight {
  readonly #tenants: Pick<Tenants, "peek">;
  missed = false;

  constructor(tenants: Pick<Tenants, "peek">) {
    this.#tenants = tenants;
  }

  preferencesOf(environmentId: number, tenant: string): TenantPreferences | undefined {
    const known = this.#tenants.peek(environmentId, tenant);
    if (known === undefined) this.missed = true;
    return known?.preferences;
  }
}

/** Tenants that were read for a batch of turns. */
export class LoadedTenants implements TenantsInSight {
  readonly #tenants: Pick<Tenants, "load">;
  readonly #loaded = new Map<string, TenantPreferences | undefined>();

  constructor(tenants: Pick<Tenants, "load">) {
    this.#tenants = tenants;
  }

  /** Empty ones are passed over, and those whose document is not read: who asks for one of these is told so. */
  async add(environmentId: number, keys: Iterable<string>): Promise<void> {
    const missing = [...new Set(keys)].filter((key) => key !== "" && !this.#loaded.has(nameOf(environmentId, key)));
    await Promise.all(
      missing.map(async (key) => {
        try {
          const { preferences } = await this.#tenants.load(environmentId, key);
          this.#loaded.set(nameOf(environmentId, key), preferences);
        } catch (error) {
          // A store that is away is another matter: all of it is tried again.
          if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
        }
      }),
    );
  }

  preferencesOf(environmentId: number, tenant: string): TenantPreferences | undefined {
    const name = nameOf(environmentId, tenant);
    if (!this.#loaded.has(name)) throw new RangeError(`tenant ${tenant} was not read before the turn was planned`);
    return this.#loaded.get(name);
  }
}

const nameOf = (environmentId: number, key: string): string => `${environmentId}:${key}`;
