import type { Lane } from "@tidings/contract/words";
import type { EventTurn } from "../../ports/store/orchestrate.ts";
import type { AudienceStore } from "../../ports/store/topics.ts";
import { AudiencePages } from "./audience-pages.ts";
import { isAtAudience } from "./named-page.ts";
import { noWrites } from "./no-writes.ts";
import type { PersonCache } from "./person-cache.ts";
import type { EventWork } from "./ports.ts";
import type { MemberSource } from "./segment-members.ts";
import type { Strides } from "./strides.ts";

type AudienceSource = MemberSource & { store: Pick<AudienceStore, "countExpanded"> };

/** Events whose room is remembered; for one that is forgotten it is counted again. */
const roomsMax = 1000;

/**
 * Topics and segments of events, a page of people at a time.
 *
 *   next page ── room ──▶ its turn ──▶ next page
 *        └── too many wait ──▶ held: a timer in the event's row ──▶ next page
 *
 * Invariants: of an audience no more than a page is in memory; where the event stands commits with what its turn makes. An event
 * is held while more than `expandedWaitingMax` of its messages are due and not settled. They
 * are counted once per room, not per turn: as many turns follow as make no more messages than there was room for.
 */
export class Audiences {
  readonly #on: AudienceSource;
  readonly #pages: AudiencePages;
  /** Messages that each event may still make before they are counted again. */
  readonly #rooms = new Map<string, number>();

  constructor(on: AudienceSource, persons: PersonCache, strides: Strides) {
    this.#on = on;
    this.#pages = new AudiencePages(on, persons, (lane) => strides.recipients(lane));
  }

  /** The works with the pages of their next turns; of those that are held, the turns that put them off. */
  async turnPages(
    works: readonly EventWork[],
    lane: Lane,
  ): Promise<{ ready: readonly EventWork[]; held: readonly EventTurn[] }> {
    if (!works.some(isAtAudience)) return { ready: works, held: [] };
    const paged = await Promise.all(
      works.map(async (work) => {
        if (!isAtAudience(work)) return work;
        if (!(await this.#hasRoom(work, lane))) return undefined;
        return { ...work, page: await (work.ahead ?? this.#pages.next(work, lane)) };
      }),
    );
    const held = works.filter((_, index) => paged[index] === undefined);
    return {
      ready: paged.filter((work) => work !== undefined),
      held: held.map((work) => this.#puttingOff(work, lane)),
    };
  }

  /** A turn of the event is about to be committed, with so many messages. */
  made({ record }: EventWork, messages: number, isOver: boolean): void {
    const room = this.#rooms.get(record.id);
    if (room === undefined) return;
    if (isOver || room <= messages) this.#rooms.delete(record.id);
    else this.#rooms.set(record.id, room - messages);
  }

  /**
   * An event as it stands behind a turn that is about to be committed: its next page is read meanwhile, by the same message to
   * the store. Where the turn is lost, so is the page.
   */
  readAhead(work: EventWork, lane: Lane): EventWork {
    if (!isAtAudience(work) || !this.#rooms.has(work.record.id)) return work;
    const ahead = this.#pages.next(work, lane);
    // Whoever takes the page hears of it.
    ahead.catch(() => {});
    return { ...work, ahead };
  }

  async #hasRoom({ record }: EventWork, lane: Lane): Promise<boolean> {
    if (this.#rooms.has(record.id)) return true;
    const { store, clock, limits } = this.#on;
    const limit = limits.expandedWaitingMax + 1;
    const waiting = await store.countExpanded({ eventId: record.id, now: clock.now(), limit, lane });
    if (waiting >= limit) return false;
    const oldest = this.#rooms.size >= roomsMax ? this.#rooms.keys().next().value : undefined;
    if (oldest !== undefined) this.#rooms.delete(oldest);
    this.#rooms.set(record.id, limit - waiting);
    return true;
  }

  #puttingOff({ record }: EventWork, lane: Lane): EventTurn {
    const now = this.#on.clock.now();
    return {
      eventId: record.id,
      environmentId: record.environmentId,
      lane,
      continuation: record.lane !== lane,
      cursor: record.cursor,
      now,
      progress: { kind: "continue", cursor: record.cursor, dueAt: now + this.#on.limits.expansionHeldMs },
      ...noWrites,
    };
  }
}
