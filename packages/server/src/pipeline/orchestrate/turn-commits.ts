import { queueItem } from "../../ports/queue.ts";
import type { TurnResult, TurnWritten } from "../../ports/store/orchestrate.ts";
import { Departures } from "./departures.ts";
import { comesToEffect, type PlannedTurn } from "./event-turn.ts";
import type { OrchestrateDependencies } from "./ports.ts";
import { publishDueRuns } from "./publish.ts";
import { tellDerived } from "./tell-derived.ts";
import { endTurn } from "./turn-spans.ts";

interface CommitListener {
  onEffect(lane: PlannedTurn["turn"]["lane"]): void;
  onWritten(lane: PlannedTurn["turn"]["lane"], written: TurnWritten): void;
}

/** Commits turns, and hands over what was committed. */
export class TurnCommits {
  readonly #on: OrchestrateDependencies;
  readonly #listener: CommitListener;

  constructor(on: OrchestrateDependencies, listener: CommitListener) {
    this.#on = on;
    this.#listener = listener;
  }

  /** In calls of bounded size. */
  async commit(planned: readonly PlannedTurn[]): Promise<TurnResult[]> {
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
      this.#told(planned, result);
      this.#listener.onWritten(planned.turn.lane, result);
    }
    return results;
  }

  #told(planned: PlannedTurn, written: TurnWritten): void {
    const { turn, work, span } = planned;
    const { queue, onCommitted, clock } = this.#on;
    for (const lane of turn.otherLanes)
      queue.publish(`events.${lane}`, [queueItem(turn.eventId, span?.trace ?? work.record.trace)]);
    if (comesToEffect(turn)) this.#listener.onEffect(turn.lane);
    publishDueRuns(this.#on, turn, span?.trace ?? work.record.trace);
    tellDerived(this.#on, planned, written);
    onCommitted(turn.lane, 1, clock.now() - work.record.dueAt);
  }
}
