import { type Lane, lanes } from "@tidings/contract/words";
import type { FetchStep } from "@tidings/contract/workflows";
import { sealContext } from "../../domain/event-payload.ts";
import { afterFetch, type FetchAnswer } from "../../domain/fetch-result.ts";
import { planRun, type RunPlan } from "../../domain/run-plan.ts";
import type { KeyedItem } from "../../lib/keyed-lines.ts";
import { KeyedWorkers } from "../../lib/keyed-workers.ts";
import { queueItem } from "../../ports/queue.ts";
import type { RunProgress, RunRecord, RunTurn } from "../../ports/store/orchestrate.ts";
import { toOwnSystem } from "../../ports/tracer.ts";
import { effectKey, hostOfKey } from "./effect-key.ts";
import { fetchOnce } from "./fetch.ts";
import { type OpenRun, openRun } from "./open-run.ts";
import type { OrchestrateDependencies } from "./ports.ts";
import { programOf } from "./programs.ts";
import { deadRunTurn, runTurn } from "./run-turn.ts";

type EffectEnd = Extract<RunPlan["end"], { kind: "effect" }>;

/**
 * Asks the outside world for what runs wait for, apart from all turns: a lane has workers of its own, bounded as a whole and
 * per host, and a host that does not answer delays nobody else.
 *
 *   run comes to an effect ── due ──▶ asked ──▶ journalled, the run goes on | due again later | run dead
 *
 * Invariants: a result is journalled with a compare-and-set on the run's step, and nothing reads it before; a crash before
 * that asks again under the same idempotency key, after it never.
 */
export class Effects {
  readonly #on: OrchestrateDependencies;
  readonly #workers: Record<Lane, KeyedWorkers<KeyedItem>>;

  constructor(on: OrchestrateDependencies) {
    this.#on = on;
    const workers = (lane: Lane) =>
      new KeyedWorkers<KeyedItem>({
        clock: on.clock,
        limits: on.limits.effects,
        find: () => this.#find(lane),
        work: ({ id }) => this.#work(id, lane),
        onFault: (id, error) => on.onFault("effect", id, error),
      });
    this.#workers = {
      critical: workers("critical"),
      transactional: workers("transactional"),
      marketing: workers("marketing"),
    };
  }

  /** Ids of the runs that are being asked for. */
  get underWay(): readonly string[] {
    return lanes.flatMap((lane) => this.#workers[lane].underWay);
  }

  start(): void {
    for (const lane of lanes) this.#workers[lane].start();
  }

  /** Runs of the lane have come to an effect. */
  wake(lane: Lane): void {
    this.#workers[lane].wake();
  }

  /** Resolves when what is under way is journalled. Safe to call twice. */
  async stop(): Promise<void> {
    await Promise.all(lanes.map((lane) => this.#workers[lane].stop()));
  }

  async #find(lane: Lane): Promise<KeyedItem[]> {
    const { store, clock, limits } = this.#on;
    const { heldPerKeyMax: perKeyMax, lookMax: limit } = limits.effects;
    const due = await store.dueEffects({ lane, now: clock.now(), limit, perKeyMax });
    return due.map(({ runId, key }) => ({ id: runId, key, bound: hostOfKey(key) }));
  }

  async #work(id: string, lane: Lane): Promise<void> {
    const { store, clock, queue } = this.#on;
    const [record] = await store.loadRuns({ ids: [id], lane });
    if (record === undefined || record.effect === null || record.effect.dueAt > clock.now()) return;
    const turn = await this.#turnOf(record);
    const [result] = await store.commitRuns({ turns: [turn] });
    if (result?.status === "committed" && turn.progress.kind === "wait")
      queue.publish(`runs.${lane}`, [queueItem(id, record.event.trace)]);
  }

  async #turnOf(record: RunRecord): Promise<RunTurn> {
    const { clock, onFault, steps } = this.#on;
    try {
      const run = await openRun(record, clock.now(), this.#on);
      if (run.status === "ends") return runTurn(record, clock.now(), run);
      const { end } = planRun(programOf(run.frame.workflow.document), record.step, run.facts, steps);
      if (end.kind !== "effect" || end.at !== record.step) throw new RangeError("the run does not stand at an effect");
      return runTurn(record, clock.now(), { progress: await this.#ask(record, run, end) });
    } catch (error) {
      onFault("effect", record.id, error);
      return deadRunTurn(record, clock.now(), error instanceof Error ? error.name : "unknown fault").turn;
    }
  }

  async #ask(record: RunRecord, { frame, facts }: OpenRun, { fetch, at }: EffectEnd): Promise<RunProgress> {
    const { clock, ids, random, onFetched } = this.#on;
    const key = ids.derive(record.createdAt, "effect", record.id, fetch.id);
    const startedAt = clock.monotonic();
    const tenant = frame.tenant === "" ? undefined : { key: frame.tenant };
    const readable = { data: facts.data, recipient: facts.recipient, steps: facts.journal, tenant };
    const answer = await fetchOnce(fetch, readable, key, () => clock.now(), {
      http: this.#on.http,
      requests: this.#on.requests,
      limits: this.#on.limits.effects,
      trace: toOwnSystem(frame.trace),
    });
    onFetched(record.id, fetch.id, answer, clock.monotonic() - startedAt);
    const tries = (record.effect?.attempts ?? 0) + 1;
    const after = afterFetch(fetch, this.#fitting(fetch, answer, frame.journal), tries, random.number());
    const { dueAt: baseAt, tenant: own, journal } = record;
    if (after.kind === "dead") return { kind: "dead", reason: "fetch_failed", detail: after.detail };
    if (after.kind === "retry") {
      const dueAt = clock.now() + after.delayMs;
      return { kind: "effect", step: at, baseAt, dueAt, key: effectKey(fetch, own), attempts: tries, journal };
    }
    const results = JSON.stringify({ ...frame.journal, [fetch.id]: after.result });
    const sealed = this.#on.keyring.sealForEnvironment(record.environmentId, sealContext.journal, results);
    return { kind: "wait", step: at + 1, dueAt: baseAt, journal: sealed };
  }

  /** A run's results go with each of its messages, so all of them together are bounded. */
  #fitting(fetch: FetchStep, answer: FetchAnswer, journal: OpenRun["frame"]["journal"]): FetchAnswer {
    if (answer.status === "failed") return answer;
    const bytes = Buffer.byteLength(JSON.stringify({ ...journal, [fetch.id]: answer.body }));
    if (bytes <= this.#on.limits.effects.journalBytesMax) return answer;
    return { status: "failed", kind: "permanent", code: "results_too_large" };
  }
}
