import type { Lane } from "@tidings/contract/words";
import type { Json } from "../../../domain/steps/step-kind.ts";
import type { DryRunOutcome, DryRunRendering, DryRunRequest, DryRunResult } from "../../../ports/dry-run.ts";
import type { AttentionState, WeighedTurn } from "../../../ports/store/dry-run.ts";
import type { RunMessage, RunRecord, RunTurn, TurnWrites } from "../../../ports/store/orchestrate.ts";
import type { Person } from "../person.ts";
import { programOf } from "../programs.ts";
import { recentOfRuns } from "../recent-in-sight.ts";
import { planRunTurn } from "../run-turn.ts";
import { arrivalText, assumedMessage, messageText } from "./assumed.ts";
import type { DryRunDependencies } from "./dependencies.ts";
import { renderingsOf, unknownRendering } from "./renderings.ts";
import { answered, arrivedIn, gathering, isOfStep, nextOf } from "./waiting-runs.ts";

/** Turns of one run: each step may be one, and a digest two. */
const turnsMax = 400;
const nothing: Json = {};

/**
 * What a dry run has come to so far, and the turns that would follow: all runs a turn at a time, each at the time at which
 * it would be due. Turns are weighed together, so that caps count what came before.
 */
export class DryTurns {
  readonly outcomes: DryRunOutcome[] = [];
  readonly #on: DryRunDependencies;
  readonly #environmentId: number;
  readonly #request: DryRunRequest;
  readonly #lane: Lane;
  readonly #assumed = new Map<string, string>();
  readonly #attention = new Map<string, AttentionState>();
  /** Messages of each run so far, as its later steps see them. */
  readonly #messages = new Map<string, RunMessage[]>();

  constructor(on: DryRunDependencies, environmentId: number, request: DryRunRequest, lane: Lane) {
    this.#lane = lane;
    this.#on = on;
    this.#environmentId = environmentId;
    this.#request = request;
  }

  get assumed(): DryRunResult["assumed"] {
    return [...this.#assumed].map(([step, text]) => ({ step, text }));
  }

  /** Weighs what a turn makes and keeps what would come of it. Gives which of its runs would go on. */
  async take(turn: TurnWrites, personOf: (id: string) => Person | undefined): Promise<(runId: string) => boolean> {
    return this.#keep([turn], ({ recipient }) => {
      const facts = personOf(recipient)?.facts ?? { id: recipient, attributes: {} };
      return { recipient: facts, data: this.#request.event.data, steps: undefined };
    });
  }

  async follow(runs: readonly RunRecord[]): Promise<void> {
    let waiting = runs.map((record) => this.#readied(record));
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
      const goesOn = await this.#keep(turns, ({ id }) => renderings.get(id));
      waiting = planned.flatMap((one) => (goesOn(one.record.id) ? this.#next(one.record, one.planned.turn) : []));
    }
  }

  /** The run at its next turn: none where it has ended. */
  #next(record: RunRecord, { progress, joins, decisions }: RunTurn): RunRecord[] {
    const messages = this.#messages.get(record.id) ?? [];
    if (record.messages.length > 0 && decisions.some(({ outcome }) => outcome === "branch"))
      for (const { step } of record.messages) this.#assumed.set(step, messageText(this.#request.assume.messages[step]));
    const joined = joins.filter(isOfStep).map((join) => this.#readied(gathering(record, join)));
    const next = nextOf(record, progress, messages);
    return next === undefined ? joined : [...joined, this.#readied(next)];
  }

  /** What it would wait for is taken for given. */
  #readied(record: RunRecord): RunRecord {
    if (record.window !== null) {
      const step = this.#stepAt(record);
      this.#assumed.set(step, "nobody else joins the digest");
      return record;
    }
    if (record.wait !== null) {
      const step = this.#stepAt(record);
      const data = this.#request.assume.arrivals[step];
      this.#assumed.set(step, arrivalText(data));
      return data === undefined ? record : arrivedIn(record, this.#request.workflow.document, data, this.#on.keyring);
    }
    if (record.effect === null) return record;
    const step = this.#stepAt(record);
    const given = this.#request.assume.fetches[step];
    this.#assumed.set(
      step,
      given === undefined ? "the request is not made; it answers {}" : "it answers what was given",
    );
    return answered(record, step, given ?? nothing, this.#on.keyring);
  }

  #stepAt({ step }: RunRecord): string {
    const instruction = programOf(this.#request.workflow.document)[step];
    return instruction?.op === "step" ? instruction.step.id : "";
  }

  async #keep(
    turns: readonly TurnWrites[],
    renderingOf: (message: { id: string; recipient: string }) => DryRunRendering | undefined,
  ): Promise<(runId: string) => boolean> {
    const weighed = await this.#on.store.weighTurn({
      environmentId: this.#environmentId,
      dedupe: turns.flatMap(({ dedupe }) => dedupe),
      throttles: turns.flatMap(({ throttles }) => throttles),
      messages: turns.flatMap(({ messages }) => messages),
      attention: [...this.#attention.values()],
    });
    for (const state of weighed.attention) this.#attention.set(state.recipient, state);
    const dropped = new Set(weighed.dropped);
    const made = turns.flatMap(({ decisions, joins }) => [...decisions, ...joins.map(({ decision }) => decision)]);
    for (const decision of [...weighed.decisions, ...made.filter(({ runId }) => !dropped.has(runId))])
      this.outcomes.push({ decision });
    this.#remember(weighed, renderingOf);
    return (runId) => !dropped.has(runId);
  }

  #remember(
    { messages, suppressed }: WeighedTurn,
    renderingOf: (message: { id: string; recipient: string }) => DryRunRendering | undefined,
  ): void {
    const covered = new Set(suppressed);
    for (const message of messages) {
      const isSuppressed = covered.has(message.id);
      const rendering = renderingOf(message) ?? unknownRendering(message.recipient);
      this.outcomes.push({ message, isSuppressed, rendering });
      const own = this.#messages.get(message.runId) ?? [];
      this.#messages.set(message.runId, [
        ...own,
        assumedMessage(message.origin.step, isSuppressed, this.#request.assume.messages),
      ]);
    }
  }
}

const noDedupe = { dedupe: [], runs: [] } as const;
