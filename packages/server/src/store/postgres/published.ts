import type { Topic } from "../../ports/queue.ts";
import { placeOfTopic } from "../../ports/topic.ts";
import { channelCode, laneCode, messageStateCode } from "../sql/codes.ts";
import { isId } from "../sql/is-id.ts";
import { published } from "./context.ts";
import type { Pool } from "./pool.ts";
import { withSession } from "./with-session.ts";

/** Rows freed in one statement. */
const freedMax = 1000;
/** Statements for one topic in a row; the next sweep goes on. */
const roundsMax = 50;

interface Source {
  table: string;
  /** The environment, then the id that travels. */
  key: readonly [environment: string, id: string, ...more: string[]];
  open: string;
}

const sources: Readonly<Record<string, readonly Source[]>> = {
  events: [
    { table: "event", key: ["environment_id", "id"], open: "true" },
    { table: "continuation", key: ["environment_id", "event_id", "lane"], open: "true" },
  ],
  runs: [{ table: "run", key: ["environment_id", "id"], open: "true" }],
  delivery: [{ table: "message", key: ["environment_id", "id"], open: `t.state = ${messageStateCode.queued}` }],
};

/** `$1` lane, `$2` channel (0 where the table has none), `$3` due before. */
function freedSql({ table, key, open }: Source): string {
  const place = table === "message" ? "t.lane = $1 and t.channel = $2" : "t.lane = $1 and $2::int = 0";
  return `with picked as (
      select ${key.map((column) => `t.${column}`).join(", ")} from ${table} t
      where t.holder = ${published} and ${place} and t.due_at is not null and t.due_at < $3 and ${open}
      limit ${freedMax} for update skip locked
    )
    update ${table} set holder = 0 from picked where ${key.map((column) => `${table}.${column} = picked.${column}`).join(" and ")}`;
}

/** `$1` ids, `$2` lane. One look into the key for each id, in their order; what another has in hands is left to it. */
function givenUpSql({ table, key, open }: Source): string {
  const [environment, id] = key;
  const columns = key.map((column) => `t.${column}`).join(", ");
  return `with given as (
      select found.* from unnest($1::uuid[]) as r (id) cross join lateral (
        select ${columns} from ${table} t
        where t.${environment} = any (array(select id from environment)) and t.${id} = r.id
          and t.holder = ${published} and t.lane = $2 and t.due_at is not null and ${open}
        for update skip locked
      ) as found
    )
    update ${table} set holder = 0 from given where ${key.map((column) => `${table}.${column} = given.${column}`).join(" and ")}`;
}

const all = Object.values(sources).flat();
const freed = new Map(all.map((source) => [source, freedSql(source)]));
const givenUp = new Map(all.map((source) => [source, givenUpSql(source)]));

/** Rows whose ids were published to a broker and are open still. */
export class PublishedRows {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Makes rows of a topic anybody's that were due before `before` (ms since 1970): the broker is known to have them no
   * longer, and the next look takes them. Gives how many; a bounded number at once.
   */
  async free(topic: Topic, before: number): Promise<number> {
    const { stage, channel, lane } = placeOfTopic(topic);
    let rows = 0;
    for (const source of sources[stage] ?? []) {
      const sql = freed.get(source) ?? "";
      for (let round = 0; round < roundsMax; round += 1) {
        const count = await withSession(this.#pool, "transactional", (session) =>
          session.run(sql, laneCode[lane], channel === undefined ? 0 : channelCode[channel], before),
        );
        rows += count;
        if (count < freedMax) break;
      }
    }
    return rows;
  }

  /** Makes rows of a topic anybody's whose ids this process was given, and with which it has not begun. */
  async giveUp(topic: Topic, ids: readonly string[]): Promise<void> {
    const { stage, lane } = placeOfTopic(topic);
    const known = ids.filter(isId).sort();
    for (const source of sources[stage] ?? []) {
      const sql = givenUp.get(source) ?? "";
      for (let from = 0; from < known.length; from += freedMax) {
        const some = known.slice(from, from + freedMax);
        await withSession(this.#pool, "critical", (session) => session.run(sql, some, laneCode[lane]));
      }
    }
  }
}
