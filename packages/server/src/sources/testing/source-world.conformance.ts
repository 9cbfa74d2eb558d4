import { deadLetterSchema } from "@tidings/contract/dead-letters";
import type { BatchEvent } from "@tidings/contract/events";
import { expect, vi } from "vitest";
import { z } from "zod";
import { type ApiBench, apiBench, sourceIngestOf, sourceLimits } from "../../api/bench.conformance.ts";
import type { ApiDependencies } from "../../api/dependencies.ts";
import { TidingsError } from "../../errors.ts";
import { IdSource } from "../../lib/ids.ts";
import { OutboundHttpClient } from "../../lib/outbound-http.ts";
import { SystemClock } from "../../lib/system-clock.ts";
import { SystemRandom } from "../../lib/system-random.ts";
import type { EventSource, SourceConfiguration } from "../../ports/event-source.ts";
import type { SourceIngest } from "../item-settler.ts";
import { RecordIntake } from "../record-intake.ts";
import { openSource, type SourceReading } from "../registry.ts";
import { Sources } from "../sources.ts";

export const withinMs = 40_000;
export const key = "orders";

export async function until(what: string, isSo: () => boolean | Promise<boolean>, timeout = withinMs): Promise<void> {
  try {
    await vi.waitUntil(isSo, { timeout, interval: 20 });
  } catch (error) {
    throw new Error(`waited in vain until ${what}`, { cause: error });
  }
}

/** The mapping of the operator's page, with a key that the record may bring. */
export const mapping = {
  event: {
    name: { $: "template_id", map: { tmpl_welcome: "user.welcome", tmpl_reset: "user.reset" } },
    recipients: [{ id: { $: "recipient_email" }, email: { $: "recipient_email" } }],
    data: { $: "template_data", default: {} },
    idempotencyKey: { $: "request_id" },
  },
};

/** A record that fits it. */
export const record = (number: number, more: object = {}) => ({
  recipient_email: `u${number}@example.com`,
  template_id: "tmpl_welcome",
  template_data: { number },
  ...more,
});

const clock = new SystemClock();
const random = new SystemRandom();
const letters = z.object({ items: z.array(deadLetterSchema) });

/**
 * An API, a store and processes that read sources into it. What ingest was asked, and what it answered, is kept here; `deny`
 * stands in front of it.
 */
export class SourceWorld {
  readonly api: ApiBench;
  /** Bodies by the id that they got, in the order in which they were durable. */
  readonly accepted = new Map<string, BatchEvent>();
  /** Calls to ingest that were let through, by the numbers of the records in them. */
  readonly asked: number[][] = [];
  /** What each process told. */
  readonly told: string[] = [];
  /** Records that readers gave, as often as they did. */
  readonly handed: string[] = [];
  readonly lags = new Map<string, number | undefined>();
  /** Called ahead of each call to ingest. */
  deny: () => void | Promise<void> = () => {};
  #denied = 0;
  readonly #ingest: SourceIngest;
  readonly #reading: SourceReading;
  readonly #running: { stop(): Promise<void> }[] = [];
  readonly #http = new OutboundHttpClient({ allowPrivateNetwork: true });

  private constructor(api: ApiBench, ingest: ApiDependencies["ingest"], reading: SourceReading) {
    this.api = api;
    this.#reading = reading;
    const inner = sourceIngestOf(ingest);
    this.#ingest = {
      events: async (environmentId, events) => {
        await this.#ask();
        this.asked.push(events.map(({ data }) => Number(data?.["number"])));
        const outcomes = await inner.events(environmentId, events);
        for (const [index, outcome] of outcomes.entries()) {
          const event = events[index];
          if ("id" in outcome && event !== undefined && !this.accepted.has(outcome.id))
            this.accepted.set(outcome.id, event);
        }
        return outcomes;
      },
      message: async (environmentId, body, idempotencyKey) => {
        await this.#ask();
        return inner.message(environmentId, body, idempotencyKey);
      },
    };
  }

  static async open(reading: SourceReading): Promise<SourceWorld> {
    const found: { ingest?: ApiDependencies["ingest"] } = {};
    const api = await apiBench(({ ingest }) => {
      found.ingest = ingest;
      return {};
    });
    if (found.ingest === undefined) throw new Error("there is no ingest");
    return new SourceWorld(api, found.ingest, reading);
  }

  get denied(): number {
    return this.#denied;
  }

  /** Numbers of the records that became events, in the order in which those were durable. */
  get numbers(): number[] {
    return [...this.accepted.values()].map(({ data }) => Number(data?.["number"]));
  }

  /** Until then nothing is made durable. */
  overload(): () => void {
    this.deny = () => {
      throw new TidingsError("overloaded", { retryAfterSeconds: 1 });
    };
    return () => {
      this.deny = () => {};
    };
  }

  async put(document: object, name = key): Promise<void> {
    const { status, text } = await this.api.call(`/v1/sources/${name}`, { method: "PUT", body: document });
    expect([status, text]).toEqual([200, expect.anything()]);
    await this.api.cache.refresh();
  }

  async letters() {
    return letters.parse((await this.api.call("/v1/dead-letters")).json).items;
  }

  async replay(body: object = {}): Promise<unknown> {
    return (await this.api.call("/v1/dead-letters/replay", { body })).json;
  }

  configured(): SourceConfiguration {
    const [source] = this.api.cache.sources();
    if (source === undefined) throw new Error("no source is configured");
    return source;
  }

  /** A process that reads what is configured. */
  process(): Sources {
    const tell = (what: string) => (source: SourceConfiguration) => void this.told.push(`${source.key} ${what}`);
    const sources = new Sources({
      ...this.#intakeParts(),
      configured: () => this.api.cache.sources(),
      onChange: (listener) => this.api.cache.onChange(({ kind }) => (kind === "source" ? listener() : undefined)),
      open: (source, parts) => {
        const take: typeof parts.take = (records, signal) => {
          this.handed.push(...records.map(({ identity }) => identity));
          return parts.take(records, signal);
        };
        return openSource(source, { ...parts, take }, this.#reading);
      },
      http: this.#http,
      observer: {
        onSettled: () => {},
        onRefused: tell("refused"),
        onWaiting: (source, why) => void this.told.push(`${source.key} ${why}`),
        onFault: () => {},
        onReading: (source, isRead) => void this.told.push(`${source.key} ${isRead ? "read" : "left"}`),
        onUnreadable: tell("unreadable"),
        onReadable: tell("readable"),
        onLag: (source, records) => void this.lags.set(source.key, records),
      },
      sourcesMax: 10,
      lagIntervalMs: 200,
    });
    sources.start();
    this.#running.push(sources);
    return sources;
  }

  /** A process that is killed each time it has settled records, ahead of saying so. */
  dying(): EventSource {
    const source = this.configured();
    const { take } = new RecordIntake(source, {
      ...this.#intakeParts(),
      observer: { onSettled: () => {}, onRefused: () => {}, onWaiting: () => {}, onFault: () => {} },
    });
    const parts = {
      take: async (...given: Parameters<typeof take>) => {
        await take(...given);
        throw new Error("killed");
      },
      clock,
      http: this.#http,
      onFault: () => {},
      onWell: () => {},
    };
    const reader = openSource(source, parts, this.#reading);
    this.#running.push(reader);
    reader.start();
    return reader;
  }

  async close(): Promise<void> {
    this.deny = () => {};
    for (const each of this.#running) await each.stop();
    await this.#http.close();
    await this.api.close();
  }

  #intakeParts() {
    const ids = new IdSource(
      () => clock.now(),
      (length) => random.bytes(length),
    );
    const { store, keyring } = this.api;
    return { ingest: this.#ingest, store, keyring, clock, ids, limits: sourceLimits };
  }

  async #ask(): Promise<void> {
    try {
      await this.deny();
    } catch (error) {
      this.#denied += 1;
      throw error;
    }
  }
}
