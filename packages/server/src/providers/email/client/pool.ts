import type { Timer } from "../../../ports/clock.ts";
import type { Outcome, ProviderEnvironment } from "../../../ports/provider.ts";
import { faultOutcome } from "../smtp-refusals.ts";
import type { SmtpSettings } from "../smtp-settings.ts";
import type { Capabilities } from "./capabilities.ts";
import { type Jobs, SmtpConnection } from "./connection.ts";
import { SmtpFault } from "./fault.ts";
import { type Envelope, impossible, Job } from "./job.ts";
import { JobQueue } from "./job-queue.ts";

/** After one connection could not be opened while others are. */
const reopenDelayMs = 1000;

const putOff = (code: SmtpFault["code"]): Promise<Outcome> => Promise.resolve(faultOutcome(new SmtpFault(code)));

/**
 * The connections of one integration, and the mails that wait for one.
 *
 *   open ──▶ closing ──▶ closed      closing: nothing new is taken, what waits is still sent, each connection quits after it
 *
 * A mail waits in one queue, at most `maxQueued` of them and each for at most `queueTimeoutMs`; a connection takes the next
 * one when it has room, and another connection is opened while mails wait, up to `maxConnections`. Where the last
 * connection cannot be opened, what waits is put off at once: its server is not to be reached now.
 */
export class SmtpPool implements Jobs {
  readonly #settings: SmtpSettings;
  readonly #environment: ProviderEnvironment;
  readonly #connections = new Set<SmtpConnection>();
  readonly #queue: JobQueue;
  #openNotBefore = 0;
  #isClosing = false;
  /** When the last call is over (monotonic), and the timer for it while closing. */
  #lastUntil = 0;
  #lastCall: Timer | undefined;
  #onClosed: (() => void)[] = [];

  constructor(settings: SmtpSettings, environment: ProviderEnvironment) {
    this.#settings = settings;
    this.#environment = environment;
    this.#queue = new JobQueue(environment.clock, settings.queueTimeoutMs, (job) => {
      job.settle(faultOutcome(new SmtpFault("too_busy")));
      this.#endIfDone();
    });
  }

  get keepsIdle(): boolean {
    return !this.#isClosing;
  }

  /** Sends a mail. Gives an outcome in any case, after `timeoutMs` only where the text was sent by then. */
  send(envelope: Envelope, timeoutMs: number): Promise<Outcome> {
    if (this.#isClosing) return putOff("closed");
    if (this.#queue.size >= this.#settings.maxQueued) return putOff("too_busy");
    const until = this.#environment.clock.monotonic() + timeoutMs;
    this.#lastUntil = Math.max(this.#lastUntil, until);
    return new Promise((resolve) => {
      this.#queue.add(new Job(envelope, until, resolve));
      this.#dispatch();
    });
  }

  /** Resolves when what was taken is sent, or its calls are over. Safe to call twice. */
  close(): Promise<void> {
    const { clock } = this.#environment;
    this.#isClosing = true;
    this.#lastCall ??= clock.after(Math.max(0, this.#lastUntil - clock.monotonic()), () => this.#dropAll());
    for (const connection of [...this.#connections]) if (connection.isIdle) connection.quit();
    if (this.#queue.size === 0) for (const connection of [...this.#connections]) connection.loseIfUnused();
    return new Promise((resolve) => {
      this.#onClosed.push(resolve);
      this.#endIfDone();
    });
  }

  next(capabilities: Capabilities): Job | undefined {
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      const refusal = impossible(job, capabilities);
      if (refusal !== undefined) job.settle(refusal);
      if (!job.isSettled) return job;
    }
    return undefined;
  }

  giveBack(job: Job): void {
    job.isSecondTry = true;
    this.#queue.giveBack(job);
  }

  onEnd(connection: SmtpConnection, fault: SmtpFault | undefined): void {
    this.#connections.delete(connection);
    if (fault !== undefined && !connection.hasOpened) {
      this.#openNotBefore = this.#environment.clock.monotonic() + reopenDelayMs;
      if (this.#connections.size === 0) for (const job of this.#queue.takeAll()) job.settle(faultOutcome(fault));
    }
    this.#dispatch();
    this.#endIfDone();
  }

  /** An idle connection takes what waits, or one more is opened. */
  #dispatch(): void {
    if (this.#queue.size === 0) return;
    for (const connection of this.#connections) {
      if (connection.isIdle) {
        connection.pump();
        return;
      }
    }
    if (this.#connections.size >= this.#settings.maxConnections) return;
    // a server that refuses another connection is not asked again with each mail
    if (this.#connections.size > 0 && this.#environment.clock.monotonic() < this.#openNotBefore) return;
    const connection = new SmtpConnection(this.#settings, this.#environment, this);
    this.#connections.add(connection);
    void connection.open();
  }

  #dropAll(): void {
    for (const job of this.#queue.takeAll()) job.settle(faultOutcome(new SmtpFault("closed")));
    for (const connection of [...this.#connections]) connection.lose("closed");
  }

  #endIfDone(): void {
    if (!this.#isClosing || this.#connections.size > 0 || this.#queue.size > 0) return;
    this.#queue.stop();
    this.#lastCall?.cancel();
    for (const resolve of this.#onClosed.splice(0)) resolve();
  }
}
