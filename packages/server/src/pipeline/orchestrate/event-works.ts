import { inlineRecipientSchema } from "@tidings/contract/recipients";
import type { Lane } from "@tidings/contract/words";
import { z } from "zod";
import { openPayload, sealContext } from "../../domain/event-payload.ts";
import { carriedTrace } from "../../domain/trace-context.ts";
import type { QueueItem } from "../../ports/queue.ts";
import type { EventRecord } from "../../ports/store/orchestrate.ts";
import { noWrites } from "./no-writes.ts";
import type { EventWork, OrchestrateDependencies } from "./ports.ts";
import { carriedTraces } from "./turn-spans.ts";

const inlineSchema = z.array(inlineRecipientSchema);

/** Events as orchestrate works on them, opened; one that cannot be worked on ends dead. */
export class EventWorks {
  readonly #on: OrchestrateDependencies;

  constructor(on: OrchestrateDependencies) {
    this.#on = on;
  }

  /** What ingest left in memory, and the rest from the store. */
  async open(items: readonly QueueItem[], lane: Lane): Promise<EventWork[]> {
    const works: EventWork[] = [];
    const missing: string[] = [];
    for (const { id } of items) {
      const known = this.#on.takeEvent(id);
      if (known !== undefined && known.record.lane === lane) works.push(known);
      else missing.push(id);
    }
    if (missing.length === 0) return works;
    const loaded = await this.load(missing, lane);
    const traces = carriedTraces(this.#on.tracer, items);
    if (traces !== undefined)
      for (const { record } of loaded) record.trace = carriedTrace(traces.get(record.id), record.trace);
    return [...works, ...loaded];
  }

  async load(ids: readonly string[], lane: Lane): Promise<EventWork[]> {
    const records = await this.#on.store.loadEvents({ ids, lane });
    const works: EventWork[] = [];
    for (const record of records) {
      try {
        works.push(openEvent(record, this.#on.keyring));
      } catch (error) {
        await this.bury(record, lane, error);
      }
    }
    return works;
  }

  /** A poison event ends where someone sees it; what else was with it goes on. */
  async bury(record: EventRecord, lane: Lane, error: unknown): Promise<void> {
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
