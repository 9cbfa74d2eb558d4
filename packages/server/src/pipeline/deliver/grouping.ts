import type { Delivery } from "../../domain/delivery.ts";
import type { Group, Ready } from "./place.ts";

/** Whether a call that carries the group may carry this message too: one lane, one tenant, one environment. */
export function fitsWith({ origin }: Delivery, { ready }: Group): boolean {
  const other = ready[0]?.pending.delivery.origin;
  return (
    other === origin ||
    (other?.lane === origin.lane && other.tenant === origin.tenant && other.environmentId === origin.environmentId)
  );
}

/** Parts that one call each may carry. */
export function byTenant(ready: Ready[]): Ready[][] {
  const first = ready[0]?.pending.delivery.origin;
  if (first === undefined) return [];
  if (ready.every(({ pending: { delivery } }) => delivery.origin.tenant === first.tenant)) return [ready];
  const groups = new Map<string, Ready[]>();
  for (const one of ready) {
    const { tenant } = one.pending.delivery.origin;
    const group = groups.get(tenant);
    if (group === undefined) groups.set(tenant, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}
