import { channels, lanes } from "@tidings/contract/words";
import { replayedMetric, selectedMetric, skipPrefix } from "../../../domain/replay-progress.ts";
import type { Selection } from "../../../domain/replay-selection.ts";
import type { Timer } from "../../../ports/clock.ts";
import { queueItem } from "../../../ports/queue.ts";
import type { EventProgress, EventRecord, EventTurn } from "../../../ports/store/orchestrate.ts";
import type { ReplaySum, ReplayTurn } from "../../../ports/store/replays.ts";
import { noWrites } from "../no-writes.ts";
import type { EventWork, OrchestrateDependencies } from "../ports.ts";
import { type LookedAt, lookAtPast } from "./past-events.ts";
import { replayedEvent } from "./replayed-event.ts";

/** Looks in one visit: a selection that few events are in gives way to others, too. */
const looksMax = 20;
/** Where deliver has more than it should be given, a replay waits so long. */
const heldMs = 1000;

/**
 * Replays of past events, each an event of its own whose turns go on over them.
 *
 *   visit: look ─▶ turn ─▶ look ─▶ turn … until a second's share is made ─▶ a timer ─▶ visit …  ─▶ done
 *
 * Invariants: what a turn makes commits with where the replay stands behind it, guarded by its cursor: whoever is stopped, or
 * has lost, makes nothing twice. Of what is selected no more than a page is in memory. No more than `perSecond` events
 * are made in a second by one replay.
 */
export class Replays {
  readonly #on: OrchestrateDependencies;
  /** Of replays that go on soon; what is lost with them the poll finds. */
  readonly #timers = new Set<Timer>();
  #stopped = false;

  constructor(on: OrchestrateDependencies) {
    this.#on = on;
  }

  async handle(works: readonly EventWork[]): Promise<void> {
    for (const work of works) await this.#visit(work);
  }

  /** Safe to call twice. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  async #visit({ record: first, payload }: EventWork): Promise<void> {
    const { clock, limits } = this.#on;
    const { selection } = payload;
    if (selection === undefined) throw new TypeError("a replay has no selection");
    let record = first;
    let made = 0;
    const from = clock.now();
    for (let look = 1; !this.#stopped; look += 1) {
      if (this.#isDeliverFull()) return this.#rest(record, from + heldMs);
      const limit = Math.min(limits.recipientsPerTurn, selection.perSecond - made);
      const bounds = { now: clock.now(), lookedMax: limits.replayLookedMax, limit };
      const looked = await lookAtPast(record.environmentId, selection, record.position, bounds, this.#on);
      made += looked.ready.length;
      const isPaused = made >= selection.perSecond || look >= looksMax;
      const dueAt = isPaused ? from + Math.ceil((made * 1000) / selection.perSecond) : undefined;
      const next = await this.#turn(record, selection, looked, dueAt);
      if (next === undefined) return;
      record = next;
    }
  }

  /** Gives the replay as it stands behind the turn, where it goes on at once. */
  async #turn(
    record: EventRecord,
    selection: Selection,
    looked: LookedAt,
    dueAt: number | undefined,
  ): Promise<EventRecord | undefined> {
    const { clock, store, queue } = this.#on;
    const now = clock.now();
    const events = looked.ready.map((event) => replayedEvent(record, selection, event, now, this.#on));
    const goesOn = { kind: "continue", cursor: record.cursor + 1, position: looked.next ?? null } as const;
    const progress: EventProgress =
      looked.next === undefined ? { kind: "done" } : { ...goesOn, ...(dueAt === undefined ? {} : { dueAt }) };
    const turn = turnOf(record, now, progress, { events, sums: sumsOf(looked) });
    const [result] = await store.commitEvents({ turns: [turn] });
    if (result?.status !== "committed") return undefined;
    for (const { id, lane, trace } of events) queue.publish(`events.${lane}`, [queueItem(id, trace)]);
    if (looked.next === undefined) return undefined;
    if (dueAt === undefined) return { ...record, cursor: goesOn.cursor, position: looked.next };
    this.#wakeAt(record, dueAt);
    return undefined;
  }

  async #rest(record: EventRecord, dueAt: number): Promise<void> {
    const progress = { kind: "continue", cursor: record.cursor + 1, dueAt } as const;
    await this.#on.store.commitEvents({ turns: [turnOf(record, this.#on.clock.now(), progress)] });
    this.#wakeAt(record, dueAt);
  }

  /** The poll would find it later. */
  #wakeAt({ id, lane, trace }: EventRecord, dueAt: number): void {
    if (this.#stopped) return;
    const { clock, queue } = this.#on;
    const timer = clock.after(Math.max(0, dueAt - clock.now()), () => {
      this.#timers.delete(timer);
      queue.publish(`events.${lane}`, [queueItem(id, trace)]);
    });
    this.#timers.add(timer);
  }

  #isDeliverFull(): boolean {
    const { queue, limits } = this.#on;
    return lanes.some(
      (lane) =>
        channels.reduce((sum, channel) => sum + queue.depth(`delivery.${channel}.${lane}`), 0) > limits.pacedMessages,
    );
  }
}

function turnOf(record: EventRecord, now: number, progress: EventProgress, replay?: ReplayTurn): EventTurn {
  const { id: eventId, environmentId, lane, cursor } = record;
  const turn = { eventId, environmentId, lane, continuation: false, cursor, now, progress, ...noWrites };
  return replay === undefined ? turn : { ...turn, replay };
}

function sumsOf({ selected, ready, skipped }: LookedAt): ReplaySum[] {
  const missing = skipped.get("not_found") ?? 0;
  return [
    { metric: selectedMetric, value: selected.length + missing },
    { metric: replayedMetric, value: ready.length },
    ...[...skipped].map(([reason, value]) => ({ metric: skipPrefix + reason, value })),
  ];
}
