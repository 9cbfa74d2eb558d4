import type { Timer } from "../../../ports/clock.ts";
import type { ProviderEnvironment } from "../../../ports/provider.ts";
import type { SmtpSettings } from "../smtp-settings.ts";
import type { Capabilities } from "./capabilities.ts";
import { Exchange } from "./exchange.ts";
import { SmtpFault } from "./fault.ts";
import { handshake } from "./handshake.ts";
import type { Job } from "./job.ts";
import { openSocket, secureSocket } from "./socket.ts";
import { Wire } from "./wire.ts";

/** Where a connection gets its mails, and whom it tells. */
export interface Jobs {
  /** False where a connection without work is to close. */
  readonly keepsIdle: boolean;
  /** The next mail that this server can take; undefined where none waits. */
  next(capabilities: Capabilities): Job | undefined;
  /** Nothing of the mail was sent over a connection that the server had closed meanwhile: it goes first on another. */
  giveBack(job: Job): void;
  /** Once, when it takes no more; with the fault, where it was one. */
  onEnd(connection: SmtpConnection, fault: SmtpFault | undefined): void;
}

/**
 * One connection to the server.
 *
 *   opening ─▶ idle ⇄ busy ─▶ ended          opening: connect, greeting, EHLO, STARTTLS, EHLO, AUTH (handshake.ts)
 *                                            busy:    mails are on it (exchange.ts)
 *                                            ended:   by QUIT (maxMessages, idle too long, pool closed) or by a fault
 *
 * `onEnd` is told once. A connection that had served before gives back the mail of which nothing was sent, as a server may
 * close what has been idle; the first mail on a connection shares its fate.
 */
export class SmtpConnection {
  readonly #settings: SmtpSettings;
  readonly #environment: ProviderEnvironment;
  readonly #jobs: Jobs;
  #state: "opening" | "idle" | "busy" | "ended" = "opening";
  #wire: Wire | undefined;
  #exchange: Exchange | undefined;
  #begun = 0;
  #idle: Timer | undefined;

  constructor(settings: SmtpSettings, environment: ProviderEnvironment, jobs: Jobs) {
    this.#settings = settings;
    this.#environment = environment;
    this.#jobs = jobs;
  }

  get isIdle(): boolean {
    return this.#state === "idle";
  }

  /** True once it could take mails. */
  get hasOpened(): boolean {
    return this.#exchange !== undefined;
  }

  /** Resolves when it takes mails, or has ended. */
  async open(): Promise<void> {
    const { clock } = this.#environment;
    try {
      const socket = await openSocket(this.#settings, this.#environment);
      const isTls = this.#settings.secure === "tls";
      const wire = new Wire(isTls ? await secureSocket(socket, this.#settings, clock) : socket, clock);
      this.#wire = wire;
      if (this.#state === "ended") {
        wire.quit();
        return;
      }
      const capabilities = await handshake(wire, this.#settings, clock);
      wire.onLost = (fault) => this.#onLost(fault);
      this.#exchange = new Exchange({
        wire,
        capabilities,
        settings: this.#settings,
        clock,
        next: () => this.#next(capabilities),
        onIdle: () => this.#onIdle(),
      });
      this.pump();
    } catch (error) {
      const fault = error instanceof SmtpFault ? error : new SmtpFault("connection_failed");
      this.#wire?.lose(fault);
      this.#onLost(fault);
    }
  }

  /** Takes the next mail, where there is one and room for it. */
  pump(): void {
    if (this.#state !== "ended") this.#exchange?.pump();
  }

  /** Closes it where nobody waits for what is on it. */
  loseIfUnused(): void {
    if (this.#exchange?.isAwaited !== true) this.lose("closed");
  }

  lose(code: SmtpFault["code"]): void {
    const fault = new SmtpFault(code);
    this.#wire?.lose(fault);
    this.#onLost(fault);
  }

  quit(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#idle?.cancel();
    this.#wire?.quit();
    this.#jobs.onEnd(this, undefined);
  }

  #next(capabilities: Capabilities): Job | undefined {
    if (this.#begun >= this.#settings.maxMessages) return undefined;
    const job = this.#jobs.next(capabilities);
    if (job === undefined) return undefined;
    this.#idle?.cancel();
    this.#state = "busy";
    this.#begun += 1;
    return job;
  }

  #onIdle(): void {
    if (this.#begun >= this.#settings.maxMessages || !this.#jobs.keepsIdle) {
      this.quit();
      return;
    }
    this.#state = "idle";
    this.#idle?.cancel();
    this.#idle = this.#environment.clock.after(this.#settings.idleTimeoutMs, () => this.quit());
  }

  #onLost(fault: SmtpFault): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#idle?.cancel();
    const back = this.#exchange?.end(fault, this.#begun > 1);
    if (back !== undefined) this.#jobs.giveBack(back);
    this.#jobs.onEnd(this, fault);
  }
}
