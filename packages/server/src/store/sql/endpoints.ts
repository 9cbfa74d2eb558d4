import type { WebhookType } from "@tidings/contract/webhooks";
import { integer, type SqlRow, text, textOrNull } from "./columns.ts";
import { typesOf } from "./webhook-types.ts";

/** An enabled endpoint, as far as it decides what it is told. */
export interface Endpoint {
  id: string;
  types: ReadonlySet<WebhookType> | undefined;
  tenant: string;
}

/** Rows of enabled endpoints by environment. */
export const endpointsSql = "select id, environment_id, types, tenant from webhook where enabled = 1 order by id";

export function endpointsOf(rows: readonly SqlRow[]): Map<number, Endpoint[]> {
  const found = new Map<number, Endpoint[]>();
  for (const row of rows) {
    const environmentId = integer(row, "environment_id");
    const own = found.get(environmentId) ?? [];
    found.set(environmentId, own);
    const types = typesOf(textOrNull(row, "types"));
    own.push({ id: text(row, "id"), types: types === null ? undefined : new Set(types), tenant: text(row, "tenant") });
  }
  return found;
}

export function wantsType({ types }: Endpoint, type: WebhookType): boolean {
  return types === undefined || types.has(type);
}

/** Those that are to be told. */
export function wanting(endpoints: readonly Endpoint[], tenant: string, type: WebhookType): Endpoint[] {
  return endpoints.filter((one) => (one.tenant === "" || one.tenant === tenant) && wantsType(one, type));
}
