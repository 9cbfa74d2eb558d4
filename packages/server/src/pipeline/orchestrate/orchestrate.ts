import { channels, type Lane, lanes } from "@tidings/contract/words";
import { Pace } from "../../lib/pace.ts";
import type { QueueItem } from "../../ports/queue.ts";
import type { EventTurn, TurnResult, TurnWritten } from "../../ports/store/orchestrate.ts";
import { Audiences } from "./audiences.ts";
import { planDirect } from "./direct-message.ts";
import { Effects } from "./effects.ts";
import { type PlannedTurn, planEvent } from "./event-turn.ts";
import { EventWorks } from "./event-works.ts";
import { ExpansionTurns } from "./expansion-turns.ts";
import { FirstTurns } from "./first-turns.ts";
import { hookedOf } from "./hooked-in-sight.ts";
import { isAtAudience } from "./named-page.ts";
import { People } from "./people.ts";
import { PersonCache } from "./person-cache.ts";
import type { EventWork, OrchestrateDependencies } from "./ports.ts";
import { recentOfEvents } from "./recent-in-sight.ts";
import { Replays } from "./replay/replays.ts";
import { handleRuns } from "./runs.ts";
import { Strides } from "./strides.ts";
import { tenantsOf } from "./tenants-of-turns.ts";
import { TurnCommits } from "./turn-commits.ts";
import { adopt, beginEvent } from "./turn-spans.ts";
import { publishWoken, Wakes } from "./wakes.ts";

/** An event as it stands behind a turn; `isOver`: others of its lane are to have theirs first. */
interface Behind {
  work: EventWork;
  isOver: boolean;
}

/** Turns that are being committed, and what is behind each. */
interface UnderWay {
  planned: readonly PlannedTurn[];
  behind: readonly (Behind | undefined)[];
  results: Promise<TurnResult[]>;
}

/** Turns that lost a race are planned anew from a fresh read this often before the next poll takes them. */
const roundsMax = 3;

/** Commits of one handler at once: more would only wait for the store. */
const commitsMax = 2;

const hasSome = (under: readonly UnderWay[], eventIds: ReadonlySet<string>): boolean =>
  under.some(({ planned }) => planned.some(({ turn }) => eventIds.has(turn.eventId)));

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
  readonly #strides: Strides;
  readonly #works: EventWorks;
  readonly #commits: TurnCommits;
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
    this.#strides = new Strides(dependencies.clock, dependencies.limits);
    this.#audiences = new Audiences(dependencies, this.#persons, this.#strides);
    this.#works = new EventWorks(dependencies);
    this.#replays = new Replays(dependencies);
    this.#wakes = new Wakes(dependencies);
    const listener = {
      onEffect: (lane: Lane) => this.#effects.wake(lane),
      onWritten: (lane: Lane, written: TurnWritten) => this.#woke(lane, written),
      onPlanned: (lane: Lane) => this.#strides.passed(lane),
    };
    this.#commits = new TurnCommits(dependencies, listener);
    this.firstTurns = new FirstTurns(dependencies, this.#persons, listener);
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
        (items) => {
          this.#strides.passed(lane);
          return handleRuns(items, lane, this.#on, () => this.#effects.wake(lane));
        },
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

  /** While turns are committed, the next ones are planned, of the same events too: what follows a turn that was lost is dropped. */
  async #events(items: readonly QueueItem[], lane: Lane, acknowledge: (item: QueueItem) => void): Promise<void> {
    this.#strides.passed(lane);
    const opened = await this.#works.open(items, lane);
    const isReplay = ({ record }: EventWork) => record.kind === "replay";
    let waiting = opened.filter((work) => !isReplay(work));
    const expansions = new ExpansionTurns(this.#on.limits.expansionTurnsMax);
    let lost = 0;
    const under: UnderWay[] = [];
    const settleFirst = () => this.#settled(under.shift(), items, lane, acknowledge);
    while ((waiting.length > 0 || under.length > 0) && !this.#stopped) {
      const { planned, held } = await this.#planSome(waiting, lane);
      const ids = new Set([...planned.map(({ turn }) => turn.eventId), ...held.map(({ eventId }) => eventId)]);
      const again: string[] = [];
      // Turns of one event are committed one after the other, those of others side by side.
      while (under.length > 0 && (ids.size === 0 || under.length >= commitsMax || hasSome(under, ids)))
        again.push(...(await settleFirst()));
      const holds = (eventId: string) => !again.includes(eventId);
      const kept = planned.filter(({ turn }) => holds(turn.eventId));
      waiting = waiting.filter(({ record }) => holds(record.id));
      if (again.length > 0 && lost < roundsMax) waiting.push(...(await this.#works.load(again, lane)));
      lost += again.length > 0 ? 1 : 0;
      // Put off, they are due again later: nothing of them is in memory meanwhile.
      const put = held.filter(({ eventId }) => holds(eventId));
      if (put.length > 0) await this.#on.store.commitEvents({ turns: put });
      if (kept.length === 0) continue;
      const behind = kept.map((turn) => this.#behind(turn, expansions, lane));
      const results = this.#commits.commit(kept);
      // Whoever waits for them hears of it.
      results.catch(() => {});
      under.push({ planned: kept, behind, results });
      for (const next of behind) if (next?.isOver === false) waiting.push(next.work);
    }
    while (under.length > 0) await settleFirst();
    await this.#replays.handle(opened.filter(isReplay));
  }

  async #planSome(waiting: EventWork[], lane: Lane) {
    if (waiting.length === 0) return { planned: [], held: [] };
    const ahead = (): number => this.#deliveriesOf(lane);
    await this.#pace.wait(() => ahead() > this.#on.limits.pacedMessages, ahead);
    return this.#plan(takeSome(waiting, this.#on.limits), lane);
  }

  /** Waits until the turns are committed. Gives the events whose turn was lost. */
  async #settled(
    under: UnderWay | undefined,
    items: readonly QueueItem[],
    lane: Lane,
    acknowledge: (item: QueueItem) => void,
  ): Promise<string[]> {
    if (under === undefined) return [];
    const { planned, behind, results } = under;
    const settled = await results;
    const again: string[] = [];
    for (const [index, { turn }] of planned.entries()) {
      const next = behind[index];
      if (settled[index]?.status === "lost") again.push(turn.eventId);
      else if (next?.isOver === true) this.#giveWay(next.work, items, lane, acknowledge);
    }
    return again;
  }

  /** The event as it stands once the turn is committed; undefined where the turn is its last. */
  #behind({ work, turn }: PlannedTurn, expansions: ExpansionTurns, lane: Lane): Behind | undefined {
    if (work.page !== undefined) this.#audiences.made(work, turn.messages.length, turn.progress.kind !== "continue");
    if (turn.progress.kind !== "continue") return undefined;
    const next = advanced(work, turn.progress);
    const isOver = expansions.isOver(next);
    return { work: isOver ? next : this.#audiences.readAhead(next, lane), isOver };
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

  async #plan(
    taken: readonly EventWork[],
    lane: Lane,
  ): Promise<{ planned: PlannedTurn[]; held: readonly EventTurn[] }> {
    const { store, keyring, limits, clock } = this.#on;
    const { ready: works, held } = await this.#audiences.turnPages(taken, lane);
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
        await this.#works.bury(work.record, lane, error);
      }
    }
    return { planned, held };
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

  /** Runs that the turn has made due go on at once. */
  #woke(lane: Lane, written: TurnWritten): void {
    publishWoken(this.#on, { lane }, written);
    if (written.isWakeLeft === true) this.#wakes.soon();
  }
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
