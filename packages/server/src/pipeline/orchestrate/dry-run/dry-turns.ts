import type { DryRunGap } from "@tidings/contract/dry-runs";
import type { Lane } from "@tidings/contract/words";
import type { DryRunOutcome, DryRunRendering, DryRunRequest, DryRunResult } from "../../../ports/dry-run.ts";
import type { WeighedTurn } from "../../../ports/store/dry-run.ts";
import type { DigestJoin, NewMessage, RunRecord, RunTurn, TurnWrites } from "../../../ports/store/orchestrate.ts";
import type { Person } from "../person.ts";
import { recentOfRuns } from "../recent-in-sight.ts";
import { planRunTurn } from "../run-turn.ts";
import { assumedMessage } from "./assumed.ts";
import { Assumptions } from "./assumptions.ts";
import { decisionsOf } from "./decisions-of.ts";
import type { DryRunDependencies } from "./dependencies.ts";
import { renderingsOf, unknownRendering } from "./renderings.ts";
import { RunMessages } from "./run-messages.ts";
import { gatheringOf, nextOf, watchingOf } from "./waiting-runs.ts";
import type { World } from "./world.ts";

/** Turns of one run: each step may be one, and a digest two. */
const turnsMax = 400;

/** What has become of a turn: which of its runs would go on, and the digests that it opens. */
export interface Kept {
  goesOn: (runId: string) => boolean;
  joins: readonly DigestJoin[];
}

/**
 * What a dry run has come to so far, and the turns that would follow: all runs a turn at a time, each at the time at which
 * it would be due. Turns are weighed together, so that caps count what came before.
 */
export class DryTurns {
  readonly #outcomes: DryRunOutcome[] = [];
  readonly #notWeighed = new Set<DryRunGap>();
  readonly #superseded: NewMessage[] = [];
  readonly #on: DryRunDependencies;
  readonly #environmentId: number;
  readonly #request: DryRunRequest;
  readonly #lane: Lane;
  readonly #assumptions: Assumptions;
  readonly #world: World;
  readonly #messages = new RunMessages();

  constructor(on: DryRunDependencies, environmentId: number, request: DryRunRequest, lane: Lane, world: World) {
    this.#world = world;
    this.#assumptions = new Assumptions(request, on.keyring);
    this.#lane = lane;
    this.#on = on;
    this.#environmentId = environmentId;
    this.#request = request;
  }

  get result(): Omit<DryRunResult, "lane"> {
    const { event } = this.#request;
    if (event.isOrdered) this.#notWeighed.add("ordering_key");
    return {
      outcomes: this.#outcomes,
      assumed: this.#assumptions.all,
      notWeighed: this.#notWeighed,
      superseded: this.#superseded,
    };
  }

  /** Weighs what a turn makes and keeps what would come of it. Gives which of its runs would go on. */
  async take(turn: TurnWrites, personOf: (id: string) => Person | undefined): Promise<Kept> {
    return this.#keep([turn], ({ recipient }) => {
      const facts = personOf(recipient)?.facts ?? { id: recipient, attributes: {} };
      return { recipient: facts, data: this.#request.event.data, steps: undefined };
    });
  }

  async follow(runs: readonly RunRecord[]): Promise<void> {
    let waiting = runs.map((record) => this.#assumptions.readied(this.#messages.watchedBy(record)));
    for (let turn = 0; turn < turnsMax && waiting.length > 0; turn += 1) {
      const recent = await recentOfRuns(waiting, this.#lane, this.#on);
      const on = { ...this.#on, recent };
      const planned = await Promise.all(
        waiting.map(async (record) => ({
          record,
          planned: await planRunTurn(record, Math.max(this.#request.now, record.dueAt), on),
        })),
      );
      const renderings = await renderingsOf(planned, this.#on);
      const turns = planned.map((one) => ({ ...noDedupe, ...one.planned.turn }));
      const kept = await this.#keep(turns, ({ id }) => renderings.get(id));
      waiting = planned.flatMap((one) => (kept.goesOn(one.record.id) ? this.#next(one.record, one.planned.turn) : []));
      for (const one of planned) {
        if (!kept.goesOn(one.record.id)) continue;
        const watching = watchingOf(one.record, one.planned.turn);
        waiting.push(...watching.map((record) => this.#assumptions.readied(this.#messages.watchedBy(record))));
      }
      waiting.push(...gatheringOf(planned, kept.joins).map((record) => this.#assumptions.readied(record)));
    }
  }

  /** The run at its next turn: none where it has ended. */
  #next(record: RunRecord, turn: RunTurn): RunRecord[] {
    const { progress } = turn;
    const messages = this.#messages.of(record.watch?.of ?? record.id);
    this.#assumptions.branched(record, turn);
    const next = nextOf(record, progress, messages);
    return next === undefined ? [] : [this.#assumptions.readied(next)];
  }

  async #keep(
    turns: readonly TurnWrites[],
    renderingOf: (message: { id: string; recipient: string }) => DryRunRendering | undefined,
  ): Promise<Kept> {
    const claims = {
      dedupe: turns.flatMap(({ dedupe }) => dedupe),
      throttles: turns.flatMap(({ throttles }) => throttles),
      messages: turns.flatMap(({ messages }) => messages),
    };
    const environmentId = this.#environmentId;
    const weighed = await this.#on.store.weighTurn({ environmentId, ...claims, ...this.#world.of(claims) });
    this.#world.take(weighed);
    const dropped = new Set(weighed.dropped);
    const made = turns.flatMap(decisionsOf);
    for (const decision of [...weighed.decisions, ...made.filter(({ runId }) => !dropped.has(runId))])
      this.#outcomes.push({ decision });
    this.#remember(weighed, renderingOf);
    const goesOn = (runId: string) => !dropped.has(runId);
    const joins = [...turns.flatMap((turn) => turn.joins), ...weighed.joins];
    if (joins.length > 0) this.#notWeighed.add("digest_window");
    return { goesOn, joins: joins.filter((join) => goesOn(join.runId) && this.#world.opens(join)) };
  }

  #remember(
    { messages, suppressed }: WeighedTurn,
    renderingOf: (message: { id: string; recipient: string }) => DryRunRendering | undefined,
  ): void {
    const covered = new Set(suppressed);
    for (const message of messages) {
      const isSuppressed = covered.has(message.id);
      if (message.collapseHash !== undefined && !this.#world.isApart) this.#notWeighed.add("collapse_key");
      if (!isSuppressed) this.#superseded.push(...this.#world.collapse(message));
      const rendering = renderingOf(message) ?? unknownRendering(message.recipient);
      this.#outcomes.push({ message, isSuppressed, rendering });
      const assumed = assumedMessage(message.origin.step, isSuppressed, this.#request.assume.messages);
      this.#messages.add(message.runId, assumed);
    }
  }
}

const noDedupe = { dedupe: [], runs: [] } as const;
