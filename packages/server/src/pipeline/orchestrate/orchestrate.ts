import { inlineRecipientSchema } from "@tidings/contract/recipients";
import { channels, type Lane, lanes } from "@tidings/contract/words";
import { z } from "zod";
import { openPayload, sealContext } from "../../domain/event-payload.ts";
import { carriedTrace } from "../../domain/trace-context.ts";
import { Pace } from "../../lib/pace.ts";
import { type QueueItem, queueItem } from "../../ports/queue.ts";
import type { EventRecord, EventTurn, TurnResult, TurnWritten } from "../../ports/store/orchestrate.ts";
import { Audiences } from "./audiences.ts";
import { Departures } from "./departures.ts";
import { planDirect } from "./direct-message.ts";
import { Effects } from "./effects.ts";
import { comesToEffect, type PlannedTurn, planEvent } from "./event-turn.ts";
import { ExpansionTurns } from "./expansion-turns.ts";
import { FirstTurns } from "./first-turns.ts";
import { hookedOf } from "./hooked-in-sight.ts";
import { isAtAudience } from "./named-page.ts";
import { noWrites } from "./no-writes.ts";
import { People } from "./people.ts";
import { PersonCache } from "./person-cache.ts";
import type { EventWork, OrchestrateDependencies } from "./ports.ts";
import { publishDueRuns } from "./publish.ts";
import { recentOfEvents } from "./recent-in-sight.ts";
import { Replays } from "./replay/replays.ts";
import { handleRuns } from "./runs.ts";
import { tenantsOf } from "./tenants-of-turns.ts";
import { adopt, beginEvent, carriedTraces, endTurn } from "./turn-spans.ts";
import { publishWoken, Wakes } from "./wakes.ts";

/** Turns that lost a race are planned anew from a fresh read this often before the next poll takes them. */
const roundsMax = 3;

const inlineSchema = z.array(inlineRecipientSchema);

/**
 * The second stage: takes accepted events, and runs that have waited, expands recipients, runs steps, writes messages.
 *
 *   accepted ── turn ──▶ accepted (cursor further) ── … ──▶ done | dead
 *
 * Invariants: a turn's results commit in one transaction guarded by the event's cursor or the run's step; who loses
 * discards. Nothing is handed to deliver before its commit. An event that cannot be planned ends dead, alone.
 */
export class Orchestrate {
  readonly #on: OrchestrateDependencies;
  readonly #persons: PersonCache;
  readonly #pace: Pace;
  readonly #effects: Effects;
  readonly #audiences: Audiences;
  readonly #replays: Replays;
  readonly #wakes: Wakes;
  #stopped = false;
  /** Turns that ingest has planned before it stores their events. */
  readonly firstTurns: FirstTurns;

  constructor(dependencies: OrchestrateDependencies) {
    this.#on = dependencies;
    this.#pace = new Pace(dependencies.clock, dependencies.limits.paceMaxMs);
    this.#persons = new PersonCache(dependencies.limits.openedRecipientsMax);
    this.#effects = new Effects(dependencies);
    this.#audiences = new Audiences(dependencies, this.#persons);
    this.#replays = new Replays(dependencies);
    this.#wakes = new Wakes(dependencies);
    this.firstTurns = new FirstTurns(
      dependencies,
      this.#persons,
      (lane) => this.#effects.wake(lane),
      (lane, written) => this.#woke(lane, written),
    );
  }

  /** Ids of the runs whose fetch step is being asked for. */
  get fetching(): readonly string[] {
    return this.#effects.underWay;
  }

  start(): void {
    const { queue, limits } = this.#on;
    const options = { batchMax: limits.batchMax, concurrency: limits.concurrency };
    for (const lane of lanes) {
      queue.consume(`events.${lane}`, (items, acknowledge) => this.#events(items, lane, acknowledge), options);
      queue.consume(
        `runs.${lane}`,
        (items) => handleRuns(items, lane, this.#on, () => this.#effects.wake(lane)),
        options,
      );
    }
    this.#effects.start();
    this.#wakes.start();
  }

  /**
   * The turn under way is committed, and what was to come after it is still due; what runs asked for ends and is journalled.
   * The queue is stopped by whoever made it. Safe to call twice.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#replays.stop();
    await Promise.all([this.#effects.stop(), this.#wakes.stop()]);
  }

  async #events(items: readonly QueueItem[], lane: Lane, acknowledge: (item: QueueItem) => void): Promise<void> {
    const opened = await this.#open(items, lane);
    const isReplay = ({ record }: EventWork) => record.kind === "replay";
    const waiting = opened.filter((work) => !isReplay(work));
    const expansions = new ExpansionTurns(this.#on.limits.expansionTurnsMax);
    let lost = 0;
    while (waiting.length > 0 && !this.#stopped) {
      const ahead = (): number => this.#deliveriesOf(lane);
      await this.#pace.wait(() => ahead() > this.#on.limits.pacedMessages, ahead);
      const planned = await this.#plan(takeSome(waiting, this.#on.limits), lane);
      const results = await this.#commit(planned);
      const again: string[] = [];
      for (const [index, { work, turn }] of planned.entries()) {
        const result = results[index];
        if (result?.status === "lost") again.push(turn.eventId);
        else if (turn.progress.kind === "continue") {
          const next = advanced(work, turn.progress);
          if (!expansions.isOver(next)) waiting.push(next);
          else this.#giveWay(next, items, lane, acknowledge);
        }
      }
      if (again.length > 0 && lost < roundsMax) waiting.push(...(await this.#load(again, lane)));
      lost += again.length > 0 ? 1 : 0;
    }
    await this.#replays.handle(opened.filter(isReplay));
  }

  /** Others of the lane come first: the event is still due, and goes to the end of its queue. */
  #giveWay(
    { record }: EventWork,
    items: readonly QueueItem[],
    lane: Lane,
    acknowledge: (item: QueueItem) => void,
  ): void {
    const item = items.find(({ id }) => id === record.id);
    if (item === undefined) return;
    acknowledge(item);
    this.#on.queue.publish(`events.${lane}`, [item]);
  }

  #deliveriesOf(lane: Lane): number {
    return channels.reduce((sum, channel) => sum + this.#on.queue.depth(`delivery.${channel}.${lane}`), 0);
  }

  /** What ingest left in memory, and the rest from the store. */
  async #open(items: readonly QueueItem[], lane: Lane): Promise<EventWork[]> {
    const works: EventWork[] = [];
    const missing: string[] = [];
    for (const { id } of items) {
      const known = this.#on.takeEvent(id);
      if (known !== undefined && known.record.lane === lane) works.push(known);
      else missing.push(id);
    }
    if (missing.length === 0) return works;
    const loaded = await this.#load(missing, lane);
    const traces = carriedTraces(this.#on.tracer, items);
    if (traces !== undefined)
      for (const { record } of loaded) record.trace = carriedTrace(traces.get(record.id), record.trace);
    return [...works, ...loaded];
  }

  async #load(ids: readonly string[], lane: Lane): Promise<EventWork[]> {
    const records = await this.#on.store.loadEvents({ ids, lane });
    const works: EventWork[] = [];
    for (const record of records) {
      try {
        works.push(openEvent(record, this.#on.keyring));
      } catch (error) {
        await this.#bury(record, lane, error);
      }
    }
    return works;
  }

  async #plan(taken: readonly EventWork[], lane: Lane): Promise<PlannedTurn[]> {
    const { store, keyring, limits, clock } = this.#on;
    const { ready: works, held } = await this.#audiences.turnPages(taken, lane);
    // Put off, they are due again later: nothing of them is in memory meanwhile.
    if (held.length > 0) await store.commitEvents({ turns: held });
    const keys = new Map<string, { environmentId: number; id: string }>();
    for (const { record, payload, page } of works) {
      if (page === undefined)
        for (const id of payload.recipients.slice(record.cursor, record.cursor + limits.recipientsPerTurn)) {
          keys.set(`${record.environmentId}:${id}`, { environmentId: record.environmentId, id });
        }
    }
    const reading = this.#recipients(store, [...keys.values()], lane);
    const [read, hooked] = await Promise.all([reading, hookedOf(works, lane, this.#on)]);
    const known = works.some(({ page }) => page !== undefined) ? works.flatMap(({ page }) => page?.records ?? []) : [];
    const people = new People([...known, ...read], keyring, this.#persons, hooked);
    const services = {
      ...this.#on,
      tenants: await tenantsOf(works, people, limits.recipientsPerTurn, this.#on.tenants),
      recent: await recentOfEvents(works, lane, this.#on),
    };
    const now = clock.now();
    const planned: PlannedTurn[] = [];
    for (const work of works) {
      people.keep();
      const span = beginEvent(this.#on.tracer, work.record, lane);
      try {
        const turn =
          work.record.kind === "message"
            ? planDirect(work, people, now, services)
            : planEvent(work, lane, people, limits.recipientsPerTurn, now, services);
        if (span !== undefined) adopt(turn, span);
        planned.push(turn);
      } catch (error) {
        people.undo();
        span?.end("orchestration_failed");
        await this.#bury(work.record, lane, error);
      }
    }
    return planned;
  }

  async #recipients(
    store: OrchestrateDependencies["store"],
    keys: { environmentId: number; id: string }[],
    lane: Lane,
  ) {
    const pages = [];
    for (let start = 0; start < keys.length; start += this.#on.limits.messagesPerCommit) {
      pages.push(store.loadRecipients({ keys: keys.slice(start, start + this.#on.limits.messagesPerCommit), lane }));
    }
    return (await Promise.all(pages)).flat();
  }

  /** Commits in calls of bounded size, and hands over what was committed. */
  async #commit(planned: readonly PlannedTurn[]): Promise<TurnResult[]> {
    const results: TurnResult[] = [];
    let start = 0;
    while (start < planned.length) {
      let end = start;
      let rows = 0;
      while (end < planned.length && (end === start || rows < this.#on.limits.messagesPerCommit)) {
        rows += 1 + (planned[end]?.turn.messages.length ?? 0);
        end += 1;
      }
      const chunk = planned.slice(start, end);
      const committed = await this.#commitChunk(chunk);
      results.push(...committed);
      start = end;
    }
    return results;
  }

  async #commitChunk(chunk: readonly PlannedTurn[]): Promise<TurnResult[]> {
    const departures = new Departures(this.#on, chunk);
    let results: TurnResult[];
    try {
      results = await this.#on.store.commitEvents({ turns: chunk.map(({ turn }) => turn) });
    } catch (error) {
      departures.giveUp();
      throw error;
    }
    departures.depart(results.map((result) => (result.status === "committed" ? result : undefined)));
    for (const [index, planned] of chunk.entries()) {
      const result = results[index];
      if (planned.span !== undefined) endTurn(planned.span, planned.turn, result?.status === "committed");
      if (result?.status !== "committed") continue;
      this.#told(planned);
      this.#woke(planned.turn.lane, result);
    }
    return results;
  }

  #told({ turn, work, span }: PlannedTurn): void {
    const { queue, onCommitted, clock } = this.#on;
    for (const lane of turn.otherLanes)
      queue.publish(`events.${lane}`, [queueItem(turn.eventId, span?.trace ?? work.record.trace)]);
    if (work.page !== undefined) this.#audiences.made(work, turn.messages.length, turn.progress.kind !== "continue");
    if (comesToEffect(turn)) this.#effects.wake(turn.lane);
    publishDueRuns(this.#on, turn, span?.trace ?? work.record.trace);
    onCommitted(turn.lane, 1, clock.now() - work.record.dueAt);
  }

  /** Runs that the turn has made due go on at once. */
  #woke(lane: Lane, written: TurnWritten): void {
    publishWoken(this.#on, { lane }, written);
    if (written.isWakeLeft === true) this.#wakes.soon();
  }

  /** A poison event ends where someone sees it; what else was with it goes on. */
  async #bury(record: EventRecord, lane: Lane, error: unknown): Promise<void> {
    this.#on.onFault("orchestrate", record.id, error);
    const detail = error instanceof Error ? error.name : "unknown fault";
    const turn = {
      eventId: record.id,
      environmentId: record.environmentId,
      lane,
      continuation: record.lane !== lane,
      cursor: record.cursor,
      now: this.#on.clock.now(),
      progress: { kind: "dead" as const, reason: "orchestration_failed", detail },
      ...noWrites,
    };
    await this.#on.store.commitEvents({ turns: [turn] });
  }
}

function openEvent(record: EventRecord, keyring: OrchestrateDependencies["keyring"]): EventWork {
  const payload = openPayload(record, record.environmentId, keyring);
  const inline =
    record.inline === null
      ? []
      : inlineSchema.parse(
          JSON.parse(keyring.unsealForEnvironment(record.environmentId, sealContext.inline, record.inline)),
        );
  return { record, payload, inline };
}

/**
 * Takes the first events whose turns together have a bounded number of recipients: planning is one stretch of the event
 * loop, in which nothing more urgent can run.
 */
function takeSome(waiting: EventWork[], limits: OrchestrateDependencies["limits"]): EventWork[] {
  let recipients = 0;
  let end = 0;
  while (end < waiting.length && (end === 0 || recipients < limits.messagesPerCommit)) {
    const work = waiting[end];
    if (work === undefined) break;
    const { recipientsPerTurn: most } = limits;
    recipients += isAtAudience(work) ? most : Math.min(most, work.payload.recipients.length - work.record.cursor);
    end += 1;
  }
  return waiting.splice(0, end);
}

/** As the event stands behind a turn that was committed. */
function advanced(
  { record, payload, inline }: EventWork,
  progress: Extract<EventTurn["progress"], { kind: "continue" }>,
): EventWork {
  const position = progress.position ?? record.position;
  return { record: { ...record, cursor: progress.cursor, position }, payload, inline };
}
