/** What helpers read beside their values. */
export interface RenderingFacts {
  recipient: { locale?: string | undefined; timeZone?: string | undefined };
  /** The locale that the template has for the recipient. */
  locale?: string | undefined;
}

/** Where a source was written: the field's path, in the template or in another document. */
export interface FieldPlace {
  field: string;
  document?: string | undefined;
}

/** Told of a value that is not there; it may throw. */
export type OnMissing = (place: FieldPlace, line: number | undefined, variable: string) => void;

/** Messages of one document, as the helper `t` asks for them. */
export interface KnownMessages {
  has(name: string): boolean;
  /** Throws a HelperFault where a value does not fit. */
  format(
    name: string,
    facts: RenderingFacts,
    hash: Readonly<Record<string, unknown>>,
    line: number | undefined,
  ): string;
}

/** What the sources of one document are rendered with, beside the facts. */
export interface Surroundings {
  onMissing: OnMissing | undefined;
  messages: KnownMessages | undefined;
}

/** A rendering that was ended by a limit. */
export class RenderLimit extends Error {}

/** A helper that cannot do what it is asked for; whoever knows the source adds its place. */
export class HelperFault extends Error {
  readonly line: number | undefined;

  constructor(line: number | undefined, message: string) {
    super(message);
    this.line = line;
  }
}

export interface RenderingLimits {
  passesMax: number;
  outputLengthMax: number;
  renderMs: number;
}

const none: Surroundings = { onMissing: undefined, messages: undefined };
const nobody: RenderingFacts = { recipient: {} };

/**
 * The rendering under way, and how much of its limits it has used. A rendering is synchronous, so that there is one; it
 * starts anew for each field. The clock is first read when something repeats: most fields never look at it.
 */
export class Rendering {
  facts: RenderingFacts = nobody;
  around: Surroundings = none;
  readonly #limits: RenderingLimits;
  #passes = 0;
  #startedAt = 0;
  #cpuFrom: NodeJS.CpuUsage | undefined;

  constructor(limits: RenderingLimits) {
    this.#limits = limits;
  }

  start(facts: RenderingFacts, around: Surroundings): void {
    this.facts = facts;
    this.around = around;
    this.#passes = 0;
    this.#startedAt = 0;
    this.#cpuFrom = undefined;
  }

  countPass(): void {
    this.#passes += 1;
    if (this.#passes > this.#limits.passesMax) throw new RenderLimit("loops too often");
    if ((this.#passes & 15) === 1) this.checkTime();
  }

  /**
   * A process that gets no processor is late for no fault of the template: once the time is over, it has to have been
   * busy for as long again. That costs 2 µs to ask, which is why it is not asked from the begin.
   */
  checkTime(): void {
    const now = performance.now();
    if (this.#startedAt === 0) this.#startedAt = now;
    if (now - this.#startedAt <= this.#limits.renderMs) return;
    this.#cpuFrom ??= process.cpuUsage();
    const { user, system } = process.cpuUsage(this.#cpuFrom);
    if ((user + system) / 1000 > this.#limits.renderMs) throw new RenderLimit("takes too long");
  }

  checkLength(output: string): void {
    if (output.length > this.#limits.outputLengthMax) throw new RenderLimit("becomes too long");
  }
}
