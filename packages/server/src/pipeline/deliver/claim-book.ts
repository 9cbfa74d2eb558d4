import type { Lane } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import type { Configuration, IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Tenant, Tenants } from "../../ports/tenants.ts";
import { budgetClaim, type Claim, costOf, quotaClaim } from "./claims.ts";
import type { WarmUps } from "./warm-ups.ts";

export interface ClaimParts {
  configuration: Pick<Configuration, "policy">;
  tenants: Pick<Tenants, "peek">;
  warmUps: Pick<WarmUps, "standOf">;
}

/** What attempts claim, by the configuration in force. */
export class ClaimBook {
  readonly #on: ClaimParts;

  constructor(on: ClaimParts) {
    this.#on = on;
  }

  quota(integration: IntegrationConfiguration, lane: Lane): Claim | undefined {
    return quotaClaim(integration, lane, this.#on.warmUps.standOf(integration));
  }

  /** Whether nobody knows yet how its warm-up stands. */
  lacksStand(integration: IntegrationConfiguration): boolean {
    return integration.document.warmUp !== undefined && this.#on.warmUps.standOf(integration) === undefined;
  }

  /** Undefined where its tenant has to be loaded. */
  of(integration: IntegrationConfiguration, delivery: Delivery, lane: Lane, loaded?: Tenant): Claim[] | undefined {
    const quota = this.quota(integration, lane);
    const budgets = this.budgets(integration, delivery, loaded);
    if (budgets === undefined || quota === undefined) return budgets;
    return [quota, ...budgets];
  }

  /** Undefined where its tenant has to be loaded. */
  budgets(integration: IntegrationConfiguration, delivery: Delivery, loaded?: Tenant): Claim[] | undefined {
    const cost = costOf(integration, delivery);
    if (cost === 0) return [];
    const { environmentId, tenant: key, lane } = delivery.origin;
    const tenant = key === "" ? undefined : (loaded ?? this.#on.tenants.peek(environmentId, key));
    if (key !== "" && tenant === undefined) return undefined;
    const claims: Claim[] = [];
    const whole = this.#on.configuration.policy(environmentId)?.document.budget;
    if (whole !== undefined) claims.push(budgetClaim(cost, "", whole.perDay, lane));
    if (tenant?.budget !== undefined) claims.push(budgetClaim(cost, key, tenant.budget.perDay, lane));
    return claims;
  }
}
