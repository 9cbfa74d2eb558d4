import type { Channel, Lane } from "@tidings/contract/words";
import { decide, type Verdict } from "../../domain/policy/decide.ts";
import type { StepFacts } from "../../domain/steps/step-kind.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { Tenant } from "../../ports/tenants.ts";
import type { Person } from "./person.ts";

/** Tenants that were read before a turn is planned. */
export interface TenantsInSight {
  find(environmentId: number, tenant: string): Tenant | undefined;
}

export interface PolicyServices {
  configuration: Pick<Configuration, "category" | "policy">;
  tenants: TenantsInSight;
}

/** A message that a plan wants to send, as far as policy asks. */
export interface Wanted {
  environmentId: number;
  channel: Channel;
  category: string;
  class: Lane;
  workflow: string;
  tenant: string;
  facts: StepFacts;
}

/** A verdict with the versions of what it was made by, as JSON. */
export interface Judged {
  verdict: Verdict;
  versions: string;
}

/** Asks the policy in force of category, tenant and environment, and the recipient's own choices. */
export function judge(wanted: Wanted, person: Person, { configuration, tenants }: PolicyServices): Judged {
  const { environmentId, channel, category: key, workflow, tenant, facts } = wanted;
  const category = configuration.category(environmentId, key);
  const policy = configuration.policy(environmentId);
  const verdict = decide({
    subject: { channel, category: key, workflow, tenant },
    class: wanted.class,
    country: person.profile.country ?? policy?.document.defaultCountry,
    choices: person.choices,
    defaults: {
      tenant: tenant === "" ? undefined : tenants.find(environmentId, tenant)?.preferences,
      category: category?.document.preferences,
      environment: policy?.document.preferences,
    },
    jurisdictions: policy?.document.jurisdictions ?? [],
    facts,
  });
  return { verdict, versions: versionsOf(category?.version, policy?.version) };
}

function versionsOf(category: number | undefined, policy: number | undefined): string {
  if (policy === undefined) return category === undefined ? "{}" : `{"category":${category}}`;
  return category === undefined ? `{"policy":${policy}}` : `{"category":${category},"policy":${policy}}`;
}
