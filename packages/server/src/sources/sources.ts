import { repeat } from "../lib/repeat.ts";
import type { Timer } from "../ports/clock.ts";
import type { EventSource, OpenEventSource, SourceConfiguration } from "../ports/event-source.ts";
import type { OutboundHttp } from "../ports/provider.ts";
import { readability } from "./readability.ts";
import { type IntakeParts, RecordIntake, type SourceObserver } from "./record-intake.ts";

export interface SourcesObserver extends SourceObserver {
  /** It is read from now on; `false`: no more. */
  onReading(source: SourceConfiguration, isRead: boolean): void;
  /** It cannot be read: told once until it can be. */
  onUnreadable(source: SourceConfiguration, error: unknown): void;
  onReadable(source: SourceConfiguration): void;
  /** Records that wait to be read; undefined where nobody knows, or it is not read any more. */
  onLag(source: SourceConfiguration, records: number | undefined): void;
}

export interface SourcesParts extends Omit<IntakeParts, "observer"> {
  /** Those in force, of all environments; disabled ones too. */
  configured: () => readonly SourceConfiguration[];
  /** Tells of changes of sources, once they are in force. Gives the function that ends that. */
  onChange: (listener: () => void) => () => void;
  open: OpenEventSource;
  http: OutboundHttp;
  observer: SourcesObserver;
  sourcesMax: number;
  lagIntervalMs: number;
}

interface Running {
  source: SourceConfiguration;
  reader: EventSource;
}

const nameOf = ({ environmentId, key }: SourceConfiguration): string => `${environmentId} ${key}`;

/**
 * Reads all sources that are configured and enabled, each by its newest version.
 *
 *   new ── start ──▶ following ── stop ──▶ stopped
 *
 * Invariants: of one source there is one reader at a time: a changed one begins when its predecessor has ended, so that no two
 * versions of a mapping make events of the same records side by side; after `stop` nothing begins.
 */
export class Sources {
  readonly #parts: SourcesParts;
  readonly #running = new Map<string, Running>();
  readonly #lines = new Map<string, Promise<void>>();
  /** Those for which there is no place, or which cannot be opened: each version is told once. */
  readonly #leftOut = new Map<string, SourceConfiguration>();
  #unsubscribe: () => void = () => undefined;
  #lags: Timer | undefined;
  #stopped = false;

  constructor(parts: SourcesParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#unsubscribe = this.#parts.onChange(() => this.#follow());
    this.#follow();
    const { clock, lagIntervalMs } = this.#parts;
    this.#lags = repeat(clock, lagIntervalMs, () => this.#lookAtLags());
  }

  /** Resolves when all readers have ended, what they had begun settled. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#lags?.cancel();
    this.#follow();
    await Promise.all(this.#lines.values());
  }

  /** Brings each source to what is wanted of it, those that are gone too. */
  #follow(): void {
    const names = new Set([...this.#parts.configured().map(nameOf), ...this.#lines.keys()]);
    for (const name of [...this.#running.keys(), ...this.#leftOut.keys()]) names.add(name);
    for (const name of names) {
      const before = this.#lines.get(name) ?? Promise.resolve();
      const line = before.then(() => this.#reconcile(name));
      this.#lines.set(name, line);
      void line.finally(() => {
        if (this.#lines.get(name) === line) this.#lines.delete(name);
      });
    }
  }

  async #reconcile(name: string): Promise<void> {
    const running = this.#running.get(name);
    const wanted = this.#wanted(name);
    const leftOut = this.#leftOut.get(name);
    if (leftOut !== undefined && wanted === undefined) {
      this.#leftOut.delete(name);
      this.#parts.observer.onReading(leftOut, false);
    }
    if (running?.source.version === wanted?.version) return;
    if (running !== undefined) await this.#end(name, running);
    // It may have changed again meanwhile: then another look follows this one.
    if (wanted !== undefined && !this.#stopped) this.#begin(name, wanted);
    else if (this.#leftOut.size > 0) this.#follow();
  }

  #wanted(name: string): SourceConfiguration | undefined {
    if (this.#stopped) return undefined;
    return this.#parts.configured().find((each) => nameOf(each) === name && each.document.enabled !== false);
  }

  #begin(name: string, source: SourceConfiguration): void {
    const { observer, open, clock, http, sourcesMax, ...parts } = this.#parts;
    if (this.#running.size >= sourcesMax) {
      this.#leaveOut(name, source, new Error(`TIDINGS_SOURCES_MAX is ${sourcesMax}`));
      return;
    }
    const { take } = new RecordIntake(source, { ...parts, clock, observer });
    let reader: EventSource;
    try {
      reader = open(source, { take, clock, http, ...readability(source, observer) });
    } catch (error) {
      this.#leaveOut(name, source, error);
      return;
    }
    this.#leftOut.delete(name);
    this.#running.set(name, { source, reader });
    observer.onReading(source, true);
    reader.start();
  }

  #leaveOut(name: string, source: SourceConfiguration, error: unknown): void {
    if (this.#leftOut.get(name)?.version === source.version) return;
    this.#leftOut.set(name, source);
    this.#parts.observer.onUnreadable(source, error);
  }

  async #end(name: string, { source, reader }: Running): Promise<void> {
    await reader.stop().catch((error: unknown) => this.#parts.observer.onFault(source, error));
    this.#running.delete(name);
    this.#parts.observer.onLag(source, undefined);
    this.#parts.observer.onReading(source, false);
  }

  async #lookAtLags(): Promise<void> {
    await Promise.all(
      [...this.#running].map(async ([name, { source, reader }]) => {
        const lag = await reader.lag().catch(() => undefined);
        if (this.#running.get(name)?.reader === reader) this.#parts.observer.onLag(source, lag);
      }),
    );
  }
}
