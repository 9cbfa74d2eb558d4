import { policyBodySchema, policyKey } from "@tidings/contract/policies";
import type { ApiDependencies } from "../dependencies.ts";

/** The environment's policy as it stands. */
export async function policyOf({ configuration }: Pick<ApiDependencies, "configuration">, environmentId: number) {
  const row = await configuration.store.getConfiguration({ environmentId, kind: "policy", key: policyKey });
  return row === undefined ? {} : policyBodySchema.parse(JSON.parse(row.document));
}

/** Country of recipients who have none of their own. */
export async function defaultCountryOf(
  dependencies: Pick<ApiDependencies, "configuration">,
  environmentId: number,
): Promise<string | undefined> {
  return (await policyOf(dependencies, environmentId)).defaultCountry;
}
