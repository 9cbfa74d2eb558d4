import type { OpenTopics, Topic } from "../../ports/queue.ts";
import { placeOfTopic } from "../../ports/topic.ts";
import { channelCode, laneCode } from "../sql/codes.ts";
import type { Holding } from "./context.ts";
import { type DueTable, dueTables } from "./due/due-table.ts";
import { tookOf } from "./due/due-tenants.ts";
import { looksOf, slowMs } from "./due/look-memory.ts";
import type { Pool } from "./pool.ts";
import type { Session } from "./session.ts";
import { withSession } from "./with-session.ts";

/** Tenants of all places together that are passed; where there are more, each topic is looked at. */
const passedMax = 2000;

const tablesOf = {
  events: [dueTables.event, dueTables.continuation],
  runs: [dueTables.run],
  delivery: [dueTables.message],
} as const;

interface Place {
  topic: Topic;
  stage: keyof typeof tablesOf;
  lane: number;
  channel: number;
}

/** What is due for this process or for anybody: asked once for all topics, as most have nothing. */
export class PostgresOpenTopics implements OpenTopics {
  readonly #pool: Pool;
  readonly #holding: Holding;

  constructor(pool: Pool, holding: Holding) {
    this.#pool = pool;
    this.#holding = holding;
  }

  among(topics: readonly Topic[], now: number): Promise<readonly Topic[]> {
    const places = topics.map(placeOf);
    return withSession(this.#pool, "critical", async (sql) => {
      const asked = (["events", "runs", "delivery"] as const).flatMap((stage) => {
        const here = places.filter((place) => place.stage === stage);
        return here.length === 0 ? [] : tablesOf[stage].map((table) => this.#ask(sql, table, here, now));
      });
      return [...new Set((await Promise.all(asked)).flat())];
    });
  }

  async #ask(sql: Session, table: DueTable, places: readonly Place[], now: number): Promise<Topic[]> {
    const memory = looksOf(this.#holding);
    for (const place of places) memory.begin(table.name, { ...place, now });
    // One that was slow tells with its next look from the front how far it came.
    const waiting = places.filter((place) => memory.isWaiting(table.name, place));
    const asked = places.filter((place) => !waiting.includes(place));
    if (asked.length === 0) return topicsOf(waiting);
    const rows = await sql.all(
      table.tenants,
      asked.map(({ lane }) => lane),
      asked.map(({ channel }) => channel),
      now,
      [0, this.#holding.number],
      "",
      JSON.stringify(asked.flatMap((place) => memory.passed(table.name, place))),
      passedMax,
    );
    if (rows.length > passedMax || tookOf(rows) >= slowMs) return topicsOf(places);
    const due = new Set(rows.filter((row) => row["due"] === true).map((row) => `${row["lane"]} ${row["channel"]}`));
    return topicsOf([...waiting, ...asked.filter(({ lane, channel }) => due.has(`${lane} ${channel}`))]);
  }
}

const topicsOf = (places: readonly Place[]): Topic[] => places.map(({ topic }) => topic);

function placeOf(topic: Topic): Place {
  const { stage, lane, channel } = placeOfTopic(topic);
  return { topic, stage, lane: laneCode[lane], channel: channel === undefined ? 0 : channelCode[channel] };
}
