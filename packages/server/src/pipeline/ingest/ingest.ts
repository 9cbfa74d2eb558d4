import type { CampaignBody } from "@tidings/contract/campaigns";
import type { EventBody } from "@tidings/contract/events";
import type { MessageBody } from "@tidings/contract/messages";
import type { InlineRecipient } from "@tidings/contract/recipients";
import type { ReplayBody } from "@tidings/contract/replays";
import { type Lane, lanes } from "@tidings/contract/words";
import type { EventPayload } from "../../domain/event-payload.ts";
import type { KeywordAnswer } from "../../domain/keyword-answer.ts";
import type { Selection } from "../../domain/replay-selection.ts";
import { TidingsError } from "../../errors.ts";
import { Batcher } from "../../lib/batcher.ts";
import { Pace } from "../../lib/pace.ts";
import { type Queue, type QueueItem, queueItem } from "../../ports/queue.ts";
import type { AcceptResult, IngestStore, NewEvent } from "../../ports/store/ingest.ts";
import type { FirstTurn, TurnWritten } from "../../ports/store/orchestrate.ts";
import { type BatchOutcome, type PreparedBatch, prepareBatch } from "./batch.ts";
import { type ChangeWriter, changeItem, changeOutcome, type WriterOf } from "./batch-change.ts";
import { batchInOrder, isUndone } from "./batch-in-order.ts";
import { prepareCampaign } from "./campaign.ts";
import { type ChangeEvent, changeEvent } from "./change-events.ts";
import { type Accepted, claimOf, OpenKeys } from "./idempotency.ts";
import { Intake } from "./intake.ts";
import {
  cancellationHash,
  type PrepareContext,
  type Prepared,
  prepareAnswer,
  prepareEvent,
  prepareMessage,
} from "./prepare.ts";
import { prepareReplay, type ReplayLimits, selectionOf } from "./replay.ts";

export interface IngestLimits extends ReplayLimits {
  /** Events and bytes taken in and not durable yet. */
  acceptingEventsMax: number;
  acceptingBytesMax: number;
  retryAfterSeconds: number;
  idempotencyTtlMs: number;
  /** With more events than this in memory for orchestrate, taking in slows down, by at most `paceMaxMs` a call. */
  pacedEvents: number;
  paceMaxMs: number;
  /** How long a concurrent duplicate waits for the first. */
  idempotencyWaitMs: number;
}

export interface IngestOptions extends PrepareContext {
  store: IngestStore;
  queue: Queue;
  limits: IngestLimits;
  /** Plans what the next stage makes of events, as far as that can be known before they are stored; undefined for nothing. */
  planAhead: (lane: Lane, batch: readonly Prepared[]) => PlannedAhead | undefined;
  /** Content of an event that is due now, handed over in memory after its commit and before its id is published. */
  onAccepted: (event: NewEvent, payload: EventPayload, inline: readonly InlineRecipient[]) => void;
  /** Told of events that became durable, and how long that took. */
  onDurable: (lane: Lane, events: number, tookMs: number) => void;
  /** Told why events could not be made durable; their callers get `overloaded`. */
  onStoreError: (error: unknown) => void;
}

/** Turns that are written with their events. */
export interface PlannedAhead {
  /** Along the events. */
  readonly turns: readonly (FirstTurn | null)[];
  /** Along the events: where their messages have to wait behind others. */
  readonly crowds: readonly ({ readonly crowded: boolean } | undefined)[];
  /** After the commit, along the events: what was written, undefined where the turn was not. */
  committed(written: readonly (TurnWritten | undefined)[]): void;
  /** Nothing was written. */
  failed(): void;
}

/** With a row of idempotency and a message each, 750 rows: about one turn of the store. */
const eventsPerCall = 250;
/** Of one lane: one call is being committed while the next gathers. */
const openCalls = 2;

/**
 * First stage. Validates what needs the environment's configuration, seals, and makes events durable; an id is given
 * out only after the store's promise resolved. States of an event here: entered (counted by Intake) → prepared (sealed)
 * → in a store call of its lane → durable, published if due → left. Whatever goes wrong, it leaves.
 */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #intake: Intake;
  readonly #openKeys: OpenKeys;
  readonly #pace: Pace;
  readonly #lanes: Record<Lane, Batcher<Prepared, AcceptResult>>;

  constructor(options: IngestOptions) {
    const { limits } = options;
    this.#options = options;
    this.#intake = new Intake({
      eventsMax: limits.acceptingEventsMax,
      bytesMax: limits.acceptingBytesMax,
      retryAfterSeconds: limits.retryAfterSeconds,
    });
    this.#pace = new Pace(options.clock, limits.paceMaxMs);
    this.#openKeys = new OpenKeys(options.clock, limits.idempotencyWaitMs);
    const batcher = (lane: Lane) =>
      new Batcher<Prepared, AcceptResult>((batch) => this.#commit(lane, batch), {
        batchMax: eventsPerCall,
        openMax: openCalls,
      });
    this.#lanes = {
      critical: batcher("critical"),
      transactional: batcher("transactional"),
      marketing: batcher("marketing"),
    };
  }

  /** Events that are taken in and not durable yet. */
  get accepting(): number {
    return this.#intake.events;
  }

  /**
   * `trace`: text of the trace (domain/trace-context) that all of the event is to belong to. `webhooks` are written with it, unless
   * its key was used before.
   */
  accept(
    environmentId: number,
    body: EventBody,
    key?: string,
    trace?: string,
    webhooks?: NewEvent["webhooks"],
  ): Promise<Accepted> {
    return this.#acceptOne(environmentId, body, key, (claim) => {
      const prepared = prepareEvent(this.#options, environmentId, body, claim, trace);
      if (webhooks !== undefined) prepared.event.webhooks = webhooks;
      return prepared;
    });
  }

  /** Its id is that of its event. */
  acceptCampaign(
    environmentId: number,
    body: CampaignBody,
    idempotencyKey?: string,
    trace?: string,
  ): Promise<Accepted> {
    return this.#acceptOne(environmentId, body, idempotencyKey, (claim) =>
      prepareCampaign(this.#options, environmentId, body, claim, trace),
    );
  }

  /** Its id is that of its event. */
  acceptReplay(environmentId: number, body: ReplayBody, idempotencyKey?: string, trace?: string): Promise<Accepted> {
    return this.#acceptOne(environmentId, body, idempotencyKey, (claim) =>
      prepareReplay(this.#options, environmentId, body, this.#options.limits, claim, trace),
    );
  }

  /** What a replay would select. Throws `validation_failed`. */
  selectionOf(environmentId: number, body: ReplayBody): Selection {
    return selectionOf(this.#options, environmentId, body, this.#options.limits);
  }

  /** One message without a workflow. Its id is that of the event that stands for it. */
  acceptMessage(environmentId: number, body: MessageBody, idempotencyKey?: string, trace?: string): Promise<Accepted> {
    return this.#acceptOne(environmentId, body, idempotencyKey, (claim) =>
      prepareMessage(this.#options, environmentId, body, claim, trace),
    );
  }

  /** What answers the message that came in as `id`: told again, it is the same. */
  acceptAnswer(environmentId: number, answer: KeywordAnswer, id: string): Promise<Accepted> {
    return this.#acceptOne(environmentId, { answers: id }, id, (claim) =>
      prepareAnswer(this.#options, environmentId, answer, claim),
    );
  }

  /**
   * Accepts each event by itself, changes (by `writerOf`) in their place; the outcomes are in order. Throws only where none could
   * be made durable because of the store, so that the caller tries the whole batch again.
   */
  async acceptBatch(
    environmentId: number,
    items: readonly unknown[],
    writerOf: WriterOf,
    trace?: string,
  ): Promise<BatchOutcome[]> {
    this.#intake.enter(items.length);
    try {
      const outcomes = await batchInOrder(items, {
        events: (part, position) => this.#acceptPart(environmentId, part, position, trace),
        change: (item, position) =>
          changeOutcome(position, async () => {
            const { body, claim } = changeItem(item, this.#keysExpireAt());
            const write = writerOf(body);
            return this.#submitChange(prepareEvent(this.#options, environmentId, body, claim, trace), write);
          }),
      });
      if (outcomes.some(isUndone) && !outcomes.some((outcome) => "id" in outcome)) throw this.#intake.overloaded();
      return outcomes;
    } finally {
      this.#intake.leave(items.length, 0);
    }
  }

  /** Events of a batch that are no changes, from `position` of it on. */
  async #acceptPart(
    environmentId: number,
    items: readonly unknown[],
    position: number,
    trace: string | undefined,
  ): Promise<BatchOutcome[]> {
    const batch = prepareBatch(this.#options, environmentId, items, position, this.#keysExpireAt(), trace);
    this.#intake.add(batch.bytes);
    try {
      const calls: Promise<void>[] = [];
      for (const lane of lanes) {
        const positions = batch.lanes[lane];
        for (let from = 0; from < positions.length; from += eventsPerCall)
          calls.push(this.#commitPart(lane, batch, positions.slice(from, from + eventsPerCall)));
      }
      await Promise.all(calls);
      return batch.finish();
    } finally {
      this.#intake.leave(0, batch.bytes);
    }
  }

  /** An event that is a change: `write` makes both durable in one transaction, or says why it does not. */
  acceptChange(
    environmentId: number,
    body: EventBody,
    key: string | undefined,
    trace: string | undefined,
    write: ChangeWriter,
  ): Promise<Accepted> {
    const prepare = (claim: NewEvent["idempotency"]) => prepareEvent(this.#options, environmentId, body, claim, trace);
    return this.#acceptOne(environmentId, body, key, prepare, (prepared) => this.#submitChange(prepared, write));
  }

  /**
   * An event that tells of a change, to be written with that, and handed on once both are committed. Undefined where no
   * workflow awaits it, and where those that do refuse it: a change is not for them to refuse.
   */
  changeEvent(environmentId: number, name: string, bodyOf: () => EventBody): ChangeEvent | undefined {
    const from = this.#options.clock.monotonic();
    const prepared = changeEvent(this.#options, environmentId, name, bodyOf);
    if (prepared === undefined) return undefined;
    const { event } = prepared;
    const committed = (): void =>
      this.#handOver(event.lane, [prepared], [{ status: "accepted", id: event.id, turn: null }], from);
    return { event, committed };
  }

  /** Stops what carries the key and has not gone out yet. */
  cancel(environmentId: number, cancellationKey: string): Promise<{ events: number; runs: number; messages: number }> {
    const { store, keyring, clock } = this.#options;
    return store.cancelEvents({
      environmentId,
      cancellationHash: cancellationHash(keyring, environmentId, cancellationKey),
      now: clock.now(),
    });
  }

  #keysExpireAt(): number {
    return this.#options.clock.now() + this.#options.limits.idempotencyTtlMs;
  }

  async #acceptOne(
    environmentId: number,
    body: unknown,
    key: string | undefined,
    prepare: (claim: NewEvent["idempotency"]) => Prepared,
    submit = (prepared: Prepared) => this.#submit(prepared),
  ): Promise<Accepted> {
    this.#intake.enter(1);
    try {
      if (key === undefined) return await submit(prepare(null));
      const claim = claimOf(key, body, this.#keysExpireAt());
      return await this.#openKeys.once(environmentId, claim, async () => submit(prepare(claim)));
    } finally {
      this.#intake.leave(1, 0);
    }
  }

  async #submit(prepared: Prepared): Promise<Accepted> {
    this.#intake.add(prepared.bytes);
    try {
      const result = await this.#lanes[prepared.event.lane].submit(prepared);
      await this.#pauseBehind(prepared);
      if (result.status === "mismatch") throw new TidingsError("idempotency_mismatch");
      return { id: result.id };
    } finally {
      this.#intake.leave(0, prepared.bytes);
    }
  }

  async #submitChange(prepared: Prepared, write: ChangeWriter): Promise<Accepted> {
    const from = this.#options.clock.monotonic();
    const result = await write(prepared.event).catch((error: unknown) => {
      // What refuses the change says why; all else is the store.
      if (error instanceof TidingsError) throw error;
      this.#options.onStoreError(error);
      throw this.#intake.overloaded();
    });
    this.#handOver(prepared.event.lane, [prepared], [result], from);
    if (result.status === "mismatch") throw new TidingsError("idempotency_mismatch");
    return { id: result.id };
  }

  /**
   * Who adds to a crowd is answered a little later, so that what waits stays in memory. Others are not held up by it,
   * and the event is durable already. Critical events are never held up.
   */
  #pauseBehind({ crowd, event }: Prepared): Promise<void> | undefined {
    return crowd?.crowded === true && event.lane !== "critical" ? this.#pace.wait(() => crowd.crowded) : undefined;
  }

  /** One call of a batch. */
  async #commitPart(lane: Lane, { prepared, outcomes }: PreparedBatch, positions: readonly number[]): Promise<void> {
    try {
      const part = positions.flatMap((position) => prepared[position] ?? []);
      const results = await this.#commit(lane, part);
      await Promise.all(part.map((one) => this.#pauseBehind(one)));
      positions.forEach((position, index) => {
        outcomes[position] = batchOutcome(results[index]);
      });
    } catch {
      // Reported in #commit; the outcomes stay `overloaded`.
    }
  }

  /** One transaction; then content and ids are handed on. */
  async #commit(lane: Lane, batch: readonly Prepared[]): Promise<readonly AcceptResult[]> {
    const { queue, clock, planAhead, limits } = this.#options;
    const from = clock.monotonic();
    await this.#pace.wait(() => queue.depth(`events.${lane}`) > limits.pacedEvents);
    const ahead = planAhead(lane, batch);
    for (const [index, turn] of ahead?.turns.entries() ?? []) {
      const prepared = batch[index];
      if (prepared !== undefined) prepared.event.turn = turn;
    }
    const results = await this.#store(batch, ahead);
    for (const [index, prepared] of batch.entries()) prepared.crowd = ahead?.crowds[index];
    ahead?.committed(results.map((result) => (result.status === "accepted" && result.turn) || undefined));
    this.#handOver(lane, batch, results, from);
    return results;
  }

  async #store(batch: readonly Prepared[], ahead: PlannedAhead | undefined): Promise<AcceptResult[]> {
    try {
      return await this.#options.store.acceptEvents({ events: batch.map((prepared) => prepared.event) });
    } catch (error) {
      ahead?.failed();
      this.#options.onStoreError(error);
      throw this.#intake.overloaded();
    }
  }

  #handOver(lane: Lane, batch: readonly Prepared[], results: readonly AcceptResult[], from: number): void {
    const { queue, clock, onAccepted, onDurable } = this.#options;
    const now = clock.now();
    const items: QueueItem[] = [];
    let accepted = 0;
    batch.forEach(({ event, payload, inline }, index) => {
      const result = results[index];
      if (result?.status !== "accepted") return;
      accepted += 1;
      if (event.dueAt > now || result.turn !== null) return;
      onAccepted(event, payload, inline);
      items.push(queueItem(event.id, event.trace));
    });
    onDurable(lane, accepted, clock.monotonic() - from);
    if (items.length > 0) queue.publish(`events.${lane}`, items);
  }
}

const failed: BatchOutcome = { error: new TidingsError("internal") };

function batchOutcome(result: AcceptResult | undefined): BatchOutcome {
  if (result === undefined) return failed;
  return result.status === "mismatch" ? { error: new TidingsError("idempotency_mismatch") } : { id: result.id };
}
