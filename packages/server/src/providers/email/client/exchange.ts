import type { Clock } from "../../../ports/clock.ts";
import { faultOutcome, replyOutcome } from "../smtp-refusals.ts";
import type { SmtpSettings } from "../smtp-settings.ts";
import { Alarm } from "./alarm.ts";
import type { Capabilities } from "./capabilities.ts";
import { beginEnvelope, type EnvelopeAnswer } from "./envelope.ts";
import { SmtpFault } from "./fault.ts";
import { dotStuffed, type Job } from "./job.ts";
import type { Reply } from "./reply.ts";
import type { Wire } from "./wire.ts";

export interface ExchangeParts {
  wire: Wire;
  capabilities: Capabilities;
  settings: Pick<SmtpSettings, "commandTimeoutMs" | "finalDotTimeoutMs" | "queueTimeoutMs">;
  clock: Clock;
  /** The next mail for this connection; undefined where it is to take none now. */
  next(): Job | undefined;
  /** Nothing is under way, and nothing waits. */
  onIdle(): void;
}

/** A mail up to here has the next one's commands written behind it; a longer one is watched until its end has left us. */
const smallMailOctets = 64 * 1024;

/**
 * The mails on a connection that is ready: up to two, in this order.
 *
 *   `ending`    the whole mail is written and the reply to its end awaited
 *   `envelope`  MAIL, RCPT and DATA are written, in one write where the server offers PIPELINING, and their replies awaited;
 *               the text follows once DATA is answered with 354
 *
 * A mail's text and the next one's envelope go out together (RFC 2920 §3.1), so a mail costs one round trip.
 *
 * Always: a text is written at most once and only after 354; `maybeTaken` is set before its end can have left us. The first
 * command that was refused says why, and RSET goes ahead of the next envelope. An envelope that waits behind a slow reply
 * for longer than it may wait in the queue is put off, as nothing of it was sent.
 */
export class Exchange {
  readonly #on: ExchangeParts;
  #envelope: Job | undefined;
  #ending: Job | undefined;
  #needsReset = false;
  readonly #alarm: Alarm;

  constructor(parts: ExchangeParts) {
    this.#on = parts;
    this.#alarm = new Alarm(parts.clock, () => this.#envelope?.settle(faultOutcome(new SmtpFault("too_busy"))));
  }

  /** True where somebody waits for the outcome of a mail on it. */
  get isAwaited(): boolean {
    const now = this.#on.clock.monotonic();
    return [this.#envelope, this.#ending].some((job) => job !== undefined && !job.isSettled && job.until > now);
  }

  /** Begins with the next mail, where there is one and room for it. */
  pump(): void {
    const job = this.#nextJob();
    if (job !== undefined) this.#on.wire.write(this.#begin(job), job.envelope.needsSmtpUtf8);
    else if (this.#envelope === undefined && this.#ending === undefined) this.#on.onIdle();
  }

  /** The connection is lost. Gives the mail back of which nothing was sent, where another connection may be luckier. */
  end(fault: SmtpFault, hasServed: boolean): Job | undefined {
    this.#alarm.stop();
    this.#ending?.settle(faultOutcome(fault, this.#ending.maybeTaken));
    const job = this.#envelope;
    const mayTryAgain = hasServed && fault.code === "connection_lost" && job?.isSecondTry === false;
    if (mayTryAgain && !job.isSettled) return job;
    job?.settle(faultOutcome(fault));
    return undefined;
  }

  #nextJob(): Job | undefined {
    const isFree = this.#envelope === undefined && (this.#ending === undefined || this.#on.capabilities.pipelining);
    const job = isFree ? this.#on.next() : undefined;
    if (job !== undefined) this.#envelope = job;
    return job;
  }

  /** What is to be written so that the mail's envelope is under way. */
  #begin(job: Job): string {
    const { wire, capabilities, settings } = this.#on;
    // a server that is silent for longer than the call lasts is left
    const leftMs = Math.max(1, job.until - this.#on.clock.monotonic());
    const commandTimeoutMs = Math.min(settings.commandTimeoutMs, leftMs);
    const resets = this.#needsReset;
    this.#needsReset = false;
    const onAnswer = (answer: EnvelopeAnswer): void => this.#onEnvelope(job, answer);
    return beginEnvelope(job, { wire, capabilities, commandTimeoutMs, resets, onAnswer });
  }

  #onEnvelope(job: Job, answer: EnvelopeAnswer): void {
    this.#envelope = undefined;
    if (answer.status === "agreed") {
      // the call is over: at 354 only the connection's end keeps the server from taking what it awaits
      if (!job.isSettled && this.#on.clock.monotonic() < job.until) {
        this.#sendText(job);
        return;
      }
      const fault = new SmtpFault("aborted");
      job.settle(faultOutcome(fault));
      this.#on.wire.lose(fault);
      return;
    }
    const { reply, command, wantsText } = answer;
    job.settle(replyOutcome(reply, command, false));
    this.#needsReset = true;
    if (!wantsText) {
      this.pump();
      return;
    }
    // RFC 2920 §3.1: DATA was accepted although no recipient was; nothing is what it gets
    this.#await(() => this.pump(), this.#on.settings.commandTimeoutMs);
    this.#on.wire.write(".\r\n", false);
  }

  #sendText(job: Job): void {
    const { text, needsSmtpUtf8 } = job.envelope;
    this.#ending = job;
    this.#await((reply) => this.#onTaken(job, reply), this.#on.settings.finalDotTimeoutMs);
    const whole = `${dotStuffed(text)}.\r\n`;
    if (job.octets > smallMailOctets) {
      this.#on.wire.write(whole, needsSmtpUtf8, (error) => {
        if (error === undefined || error === null) job.maybeTaken = true;
      });
      return;
    }
    job.maybeTaken = true;
    const next = this.#nextJob();
    const commands = next === undefined ? "" : this.#begin(next);
    this.#on.wire.write(whole + commands, needsSmtpUtf8 || next?.envelope.needsSmtpUtf8 === true);
    if (next !== undefined) this.#alarm.set(this.#on.settings.queueTimeoutMs);
  }

  #onTaken(job: Job, reply: Reply): void {
    this.#ending = undefined;
    this.#alarm.unset();
    if (reply.code >= 200 && reply.code < 300) job.settle({ status: "accepted" });
    else job.settle(replyOutcome(reply, "DATA", true));
    if (reply.code === 421) this.#on.wire.lose(new SmtpFault("connection_lost"));
    else this.pump();
  }

  #await(onReply: (reply: Reply) => void, timeoutMs: number): void {
    this.#on.wire.await({ command: "DATA", timeoutMs, onReply });
  }
}
