import { ofOther } from "../../sql/attempts.ts";
import { messageStateCode } from "../../sql/codes.ts";

/** The statements of a look for due rows of one table. */
export interface DueTable {
  name: string;
  /** Column of the id that is given. */
  id: string;
  /**
   * Tenants that have timers: of each lane in `$1` with the channel beside it in `$2` (0 where the table has none), and of each
   * holder in `$4`, from the tenant `$5` on; with when the first of them comes. Of what `$6` names (`PassedAt`), what lies before is
   * not read; those tenants are given even where they have nothing. At most `$7`, and one
   * without a tenant at the end, which says how long it took the server.
   */
  tenants: string;
  /** Rows due by `$3` of lane `$1` and channel `$2`, of holders and tenants in `$4` (`Passed`), at most `$5` of each, oldest first. */
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

/** Entries of a holder's tenant that were passed: none before `since`, ms, has anything that is open. */
export interface Passed {
  holder: number;
  tenant: string;
  since: number;
}

/** Of a place besides, where there are several. */
export interface PassedAt extends Passed {
  lane: number;
  channel: number;
}

function dueTable({ name, id, hasChannel = false, by = "tenant", condition, laneInKey = false }: Shape): DueTable {
  const place = hasChannel ? "t.lane = $1 and t.channel = $2" : "t.lane = $1 and $2::int = 0";
  const ofPassed = `t.holder = p.holder and t.lane = p.lane ${hasChannel ? "and t.channel = p.channel" : ""} and t.due_at is not null`;
  const key = laneInKey ? ["environment_id", id, "lane"] : ["environment_id", id];
  const same = key.map((column) => `${name}.${column} = picked.${column}`).join(" and ");
  const wanted = key.map((column) => `t.${column} = r.${column}`).join(" and ");
  const types: Record<string, string> = { environment_id: "int", lane: "smallint", [id]: "uuid" };
  return {
    name,
    id,
    // Skips along the due index, one seek a tenant: a `group by` would read every row that has a timer. What is known of the next
    // tenant bounds the seek, as entries of rows that are done stay in the way while somebody's transaction is older than they are.
    tenants: `with recursive known as materialized (
        select * from json_to_recordset($6) as k (lane int, channel int, holder int, tenant text collate "C", since bigint)
      ), passed as (
        (select w.lane, w.channel, h.holder, null::text collate "C" as tenant, null::bigint as due_at, $5::text collate "C" as next
          from unnest($1::int[], $2::int[]) as w (lane, channel), unnest($4::int[]) as h (holder))
        union all
        select p.lane, p.channel, p.holder, n.tenant, n.due_at, (n.tenant || chr(1)) collate "C" from passed p
          left join lateral (select k.tenant, k.since from known k where k.lane = p.lane and k.channel = p.channel
            and k.holder = p.holder and k.tenant >= p.next order by k.tenant limit 1) k on true,
          lateral (select * from (
            (select t.${by} as tenant, t.due_at from ${name} t where ${ofPassed}
              and t.${by} >= p.next and t.${by} < coalesce(k.tenant, chr(1114111)) order by t.${by}, t.due_at limit 1)
            union all
            (select k.tenant, (select t.due_at from ${name} t where ${ofPassed}
              and t.${by} = k.tenant and t.due_at >= k.since order by t.due_at limit 1) where k.tenant is not null)
          ) c limit 1) n
      )
      select p.*, 0 as took_us from (select lane, channel, holder, tenant, due_at, coalesce(due_at <= $3, false) as due
        from passed where tenant is not null limit $7) p
      union all
      select 0, 0, 0, null, null, false, (extract(epoch from clock_timestamp() - statement_timestamp()) * 1000000)::int`,
    rows: `select r.holder, r.tenant, n.* from json_to_recordset($4) as r (holder int, tenant text, since bigint),
        lateral (select t.environment_id, t.${id} as id, t.lane, t.due_at from ${name} t
          where t.holder = r.holder and ${place} and t.${by} = r.tenant and t.due_at >= r.since and t.due_at <= $3
            ${condition === undefined ? "" : `and (t.holder = 0 or ${condition})`} order by t.due_at, t.${id} limit $5) n`,
    // Row by row by its key: planned while the table was empty, a join began with all that is due, and a claim of 2,500 among
    // 100,000 took longer than 10 s. `+ 0` keeps the due index out of it.
    claim: `with picked as (
        select n.* from json_to_recordset($1) as r (${key.map((column) => `${column} ${types[column]}`).join(", ")}),
          lateral (select ${key.map((column) => `t.${column}`).join(", ")} from ${name} t
            where ${wanted} and t.holder + 0 = 0 and t.due_at + 0 <= $3 for update of t skip locked) n
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
