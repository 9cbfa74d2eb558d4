import { CallWindow } from "./call-window.ts";
import { OpenCalls } from "./open-calls.ts";

/*
 * Circuit breaker of one integration, or of one destination of it.
 *
 *   closed ── too many failures, silence, an account that lets nothing out ──▶ open ── a probe is answered well ──▶ closed
 *   closed ── "come again later" ──▶ held ── that time ──▶ closed
 *
 * While it is open one probe may go each time that the pause is over, whatever became of the one before; pauses double. Pure:
 * time is given, monotonic ms.
 */

export interface CircuitLimits {
  /** Failed calls within the window below which it stays closed. */
  failuresMin: number;
  /** Share of the window's calls that failed, from which it opens. */
  failedShare: number;
  windowMs: number;
  /** So many failed calls in a row open it whatever went well before them in the window. */
  streakMin: number;
  /** Until the first probe; each further pause is twice as long, up to the other. */
  pauseMs: number;
  pauseMaxMs: number;
  /** Calls that wait for so long while none is answered are taken for lost, where answers usually take less than a tenth of it. */
  silenceMs: number;
  /** Fewer calls than this prove no silence. */
  silentCallsMin: number;
}

/** Why it is open. `account`: nothing can go out until somebody or time mends it; `held`: the vendor said when to come again. */
export type CircuitCause = "failures" | "silence" | "account" | "held";

interface Open {
  cause: CircuitCause;
  since: number;
  /** When the next probe may go; where `held`, when it closes. */
  until: number;
  pauseMs: number;
}

export class Circuit {
  readonly #limits: CircuitLimits;
  readonly #window: CallWindow;
  readonly #calls: OpenCalls;
  #open: Open | undefined;
  #closedAt = Number.NEGATIVE_INFINITY;
  #lastPauseMs = 0;

  constructor(limits: CircuitLimits) {
    this.#limits = limits;
    this.#window = new CallWindow(limits.windowMs);
    this.#calls = new OpenCalls(limits);
  }

  /** Why it lets nothing through but probes; undefined while it is closed. */
  openSince(now: number): { cause: CircuitCause; since: number; nextProbeInMs: number } | undefined {
    const open = this.#openAt(now);
    return open && { cause: open.cause, since: open.since, nextProbeInMs: Math.max(0, open.until - now) };
  }

  /** `probe`: one message may go. */
  passes(now: number): "yes" | "probe" | "no" {
    const open = this.#openAt(now);
    if (open === undefined) return "yes";
    return open.cause !== "held" && now >= open.until ? "probe" : "no";
  }

  /** The probe goes: the next one may go a pause later. */
  takeProbe(now: number): void {
    const open = this.#openAt(now);
    if (open === undefined) return;
    open.pauseMs = Math.min(open.pauseMs * 2, this.#limits.pauseMaxMs);
    open.until = now + open.pauseMs;
  }

  /** A call begins; gives what it is ended with. */
  begin(now: number): number {
    return this.#calls.begin(now);
  }

  get waiting(): number {
    return this.#calls.waiting;
  }

  /** The call was answered, well or by a refusal that is not the integration's fault. True where that closes it. */
  succeed(call: number, now: number): boolean {
    const startedAt = this.#calls.end(call, now, true);
    this.#window.count(now, false);
    const open = this.#openAt(now);
    if (open === undefined || open.cause === "held") return false;
    // What began before it opened says nothing of now, but where silence was the reason it is over.
    if (open.cause !== "silence" && startedAt !== undefined && startedAt < open.since) return false;
    this.#lastPauseMs = open.pauseMs;
    this.#open = undefined;
    this.#closedAt = now;
    this.#window.clear(now);
    return true;
  }

  /** The call failed; `answered` where the other side said so. True where that opens it. */
  fail(call: number, now: number, answered: boolean): boolean {
    this.#calls.end(call, now, answered);
    this.#window.count(now, true);
    if (this.#openAt(now) !== undefined) return false;
    const { calls, failed, streak } = this.#window;
    const isMost = failed >= this.#limits.failuresMin && failed >= calls * this.#limits.failedShare;
    if (!isMost && streak < this.#limits.streakMin) return false;
    return this.#openFor("failures", now, 0);
  }

  /** The call says nothing about the circuit. */
  forget(call: number): void {
    this.#calls.end(call, 0, false);
  }

  /** Nothing can go out, whoever it is for. True where that opens it. */
  trip(now: number): boolean {
    return this.#openFor("account", now, 0);
  }

  /** Nothing is wanted for so long. True where it was closed. */
  hold(now: number, forMs: number): boolean {
    return this.#openFor("held", now, forMs);
  }

  /** Opens it where calls wait and none is answered. True where that opens it. */
  listen(now: number): boolean {
    if (!this.#calls.isSilent(now)) return false;
    return this.#openAt(now) === undefined && this.#openFor("silence", now, 0);
  }

  #openAt(now: number): Open | undefined {
    if (this.#open?.cause === "held" && now >= this.#open.until) this.#open = undefined;
    return this.#open;
  }

  #openFor(cause: CircuitCause, now: number, forMs: number): boolean {
    const known = this.#openAt(now);
    if (known && (known.cause !== "held" || cause === "held")) {
      known.until = Math.max(known.until, now + forMs);
      return false;
    }
    const { pauseMs, pauseMaxMs } = this.#limits;
    // Opened again soon after it closed, it goes on with the pauses that it had reached.
    const again = now - this.#closedAt < pauseMaxMs ? Math.max(pauseMs, this.#lastPauseMs) : pauseMs;
    this.#open = { cause, since: now, pauseMs: again, until: now + (cause === "held" ? forMs : again) };
    return known === undefined;
  }
}
