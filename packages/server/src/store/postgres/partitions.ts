import { firstIdOf } from "../../lib/ids.ts";
import { hasOpen, makeParts, partsOf } from "./parts.ts";
import type { Pool } from "./pool.ts";
import type { Session } from "./session.ts";

export interface PartitionSettings {
  /** Length of a part, days. */
  partitionDays: number;
  /** Events, messages and what belongs to them are kept at least so long. */
  retentionDays: number;
}

const dayMs = 86_400_000;
/** Parts that are made ahead, so that a process that makes none for a while does no harm. */
const ahead = 3;
/** Parts dropped in one go. */
const droppedMax = 50;

/** The tables that are cut by time: makes parts for the days to come, and drops whole those in which all is old and done. */
export class Partitions {
  readonly #pool: Pool;
  readonly #widthMs: number;
  readonly #retentionMs: number;

  constructor(pool: Pool, { partitionDays, retentionDays }: PartitionSettings) {
    this.#pool = pool;
    this.#widthMs = partitionDays * dayMs;
    this.#retentionMs = retentionDays * dayMs;
  }

  /** Gives the names of what was made and dropped. Two processes that do it at once wait for no table: one does nothing. */
  async keep(now: number): Promise<{ made: string[]; dropped: string[] }> {
    const lent = await this.#pool.take("transactional");
    try {
      const made = await this.#make(lent.session, now);
      const dropped = await this.#drop(lent.session, now);
      lent.release(false);
      return { made, dropped };
    } catch (error) {
      lent.release(true);
      throw error;
    }
  }

  async #make(sql: Session, now: number): Promise<string[]> {
    const known = new Set((await partsOf(sql)).map(({ name }) => name));
    const first = Math.floor(now / this.#widthMs);
    const made: string[] = [];
    for (let number = first; number <= first + ahead; number += 1)
      made.push(...(await makeParts(sql, known, number * this.#widthMs, this.#widthMs)));
    return made;
  }

  async #drop(sql: Session, now: number): Promise<string[]> {
    const dropped: string[] = [];
    const parts = (await partsOf(sql)).filter(({ from }) => from !== undefined);
    const starts = [...new Set(parts.map(({ from }) => from ?? 0))].sort((a, b) => a - b);
    for (const from of starts) {
      if (dropped.length >= droppedMax) break;
      const own = parts.filter((part) => part.from === from);
      const to = Math.max(...own.map((part) => part.to ?? Number.POSITIVE_INFINITY));
      if (to > now - this.#retentionMs || (await hasOpen(sql, to))) break;
      await sql.run("delete from dead_letter where id < $1", firstIdOf(to));
      await sql.run("delete from replayed where id < $1", firstIdOf(to));
      for (const { name } of own) {
        await sql.exec(`set lock_timeout = '2s'; drop table if exists ${name}; set lock_timeout = 0`);
        dropped.push(name);
      }
    }
    return dropped;
  }
}
