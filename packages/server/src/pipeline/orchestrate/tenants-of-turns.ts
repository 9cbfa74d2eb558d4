import type { Tenants } from "../../ports/tenants.ts";
import type { PeopleInSight } from "./people.ts";
import type { EventWork } from "./ports.ts";
import { LoadedTenants } from "./tenants-in-sight.ts";

/** The tenants whose policy the next turns of events ask: the event's, else each recipient's. Waits only where there are any. */
export async function tenantsOf(
  works: readonly EventWork[],
  people: Pick<PeopleInSight, "find">,
  recipientsMax: number,
  tenants: Pick<Tenants, "load">,
): Promise<LoadedTenants> {
  const loaded = new LoadedTenants(tenants);
  const wanted = new Map<number, Set<string>>();
  for (const work of works) {
    for (const key of keysOf(work, people, recipientsMax)) {
      if (key === "") continue;
      const keys = wanted.get(work.record.environmentId) ?? new Set<string>();
      wanted.set(work.record.environmentId, keys.add(key));
    }
  }
  for (const [environmentId, keys] of wanted) await loaded.add(environmentId, keys);
  return loaded;
}

/** None where somebody cannot be opened: planning meets that again, and ends the one event. */
function keysOf({ record, payload, inline, page }: EventWork, people: Pick<PeopleInSight, "find">, max: number) {
  const { environmentId, tenant, cursor } = record;
  if (tenant !== "") return [tenant];
  try {
    const ids = page?.ids ?? payload.recipients.slice(cursor, cursor + max);
    const own = ids.map((id) => people.find(environmentId, id)?.profile.tenant ?? "");
    return [...own, ...inline.map((one) => one.tenant ?? "")];
  } catch {
    return [];
  }
}
