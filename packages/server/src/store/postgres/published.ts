import type { Topic } from "../../ports/queue.ts";
import { placeOfTopic } from "../../ports/topic.ts";
import { channelCode, laneCode, messageStateCode } from "../sql/codes.ts";

import { published } from "./context.ts";
import type { Pool } from "./pool.ts";
import { withSession } from "./with-session.ts";

/** Rows freed in one statement. */
const freedMax = 1000;
/** Statements for one topic in a row; the next sweep goes on. */
const roundsMax = 50;

interface Source {
  table: string;
  key: readonly string[];
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

const statements = new Map(Object.values(sources).flatMap((list) => list.map((source) => [source, freedSql(source)])));

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
    let freed = 0;
    for (const source of sources[stage] ?? []) {
      const sql = statements.get(source) ?? "";
      for (let round = 0; round < roundsMax; round += 1) {
        const count = await withSession(this.#pool, "transactional", (session) =>
          session.run(sql, laneCode[lane], channel === undefined ? 0 : channelCode[channel], before),
        );
        freed += count;
        if (count < freedMax) break;
      }
    }
    return freed;
  }
}
