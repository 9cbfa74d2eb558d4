import { ofOther } from "../../sql/attempts.ts";
import { messageStateCode } from "../../sql/codes.ts";

/** The statements of a look for due rows of one table. `$1` to `$3` are lane, channel (0 where the table has none) and now. */
export interface DueTable {
  name: string;
  /** Column of the id that is given. */
  id: string;
  /** Tenants that have timers, of each holder in `$4`, from the tenant `$5` on; `due` where the first of them has come. */
  tenants: string;
  /** Due rows of holders and tenants in `$4`, at most `$5` of each, oldest first. */
  rows: string;
  /** Takes rows in `$1` that nobody holds, and that are due by `$3`, for the worker `$2`. */
  claim: string;
}

interface Shape {
  name: string;
  /** Column of the id that is given. */
  id: string;
  /** Whether its key has the lane too. */
  laneInKey?: boolean;
  hasChannel?: boolean;
  /** Column whose values take turns. */
  by?: string;
  /** What a due row has to be besides, where this process holds it; `$6` and on are its values. */
  condition?: string;
}

/** Tenants that one look passes, as most may have nothing but timers. */
export const passedMax = 1000;

function dueTable({ name, id, hasChannel = false, by = "tenant", condition, laneInKey = false }: Shape): DueTable {
  const place = hasChannel ? "t.lane = $1 and t.channel = $2" : "t.lane = $1 and $2::int = 0";
  const first = `order by t.${by}, t.due_at limit 1`;
  const key = laneInKey ? ["environment_id", id, "lane"] : ["environment_id", id];
  const same = key.map((column) => `${name}.${column} = picked.${column}`).join(" and ");
  const wanted = key.map((column) => `t.${column} = r.${column}`).join(" and ");
  const types: Record<string, string> = { environment_id: "int", lane: "smallint", [id]: "uuid" };
  return {
    name,
    id,
    // Skips along the due index, one seek a tenant: a `group by` would read every row that has a timer.
    tenants: `with recursive passed as (
        (select h.holder, n.tenant, n.due_at from unnest($4::int[]) as h (holder),
          lateral (select t.${by} as tenant, t.due_at from ${name} t
            where t.holder = h.holder and ${place} and t.${by} >= $5 and t.due_at is not null ${first}) n)
        union all
        select passed.holder, n.tenant, n.due_at from passed,
          lateral (select t.${by} as tenant, t.due_at from ${name} t
            where t.holder = passed.holder and ${place} and t.${by} > passed.tenant and t.due_at is not null ${first}) n
      )
      select holder, tenant, due_at <= $3 as due from (select * from passed limit ${passedMax}) p`,
    rows: `select r.holder, r.tenant, n.* from json_to_recordset($4) as r (holder int, tenant text),
        lateral (select t.environment_id, t.${id} as id, t.lane, t.due_at from ${name} t
          where t.holder = r.holder and ${place} and t.${by} = r.tenant and t.due_at <= $3
            ${condition === undefined ? "" : `and (t.holder = 0 or ${condition})`} order by t.due_at, t.${id} limit $5) n`,
    claim: `with picked as (
        select ${key.map((column) => `t.${column}`).join(", ")} from json_to_recordset($1) as r (${key
          .map((column) => `${column} ${types[column]}`)
          .join(", ")})
        join ${name} t on ${wanted}
        where t.holder = 0 and t.due_at <= $3 for update of t skip locked
      )
      update ${name} set holder = $2 from picked where ${same} returning ${name}.${id} as id`,
  };
}

export const dueTables = {
  event: dueTable({ name: "event", id: "id" }),
  continuation: dueTable({ name: "continuation", id: "event_id", laneInKey: true }),
  run: dueTable({ name: "run", id: "id" }),
  effect: dueTable({ name: "effect", id: "run_id", by: "key" }),
  /** What this process has under way itself is not due before its lease is over; what it took over from another is. */
  message: dueTable({
    name: "message",
    id: "id",
    hasChannel: true,
    condition: `t.state = ${messageStateCode.queued} or ${ofOther(["$6", "$7", "$8"])}`,
  }),
};
