import { errorCode } from "../../lib/error-code.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { MailIntake } from "../intake.ts";
import type { MailboxSession, WaitingMail } from "./imap-session.ts";

/** What is known of a mailbox. */
export interface MailboxState {
  /** When it was read to its end last, ms; undefined where it was not yet. */
  readAt: number | undefined;
  /** What stands in the way; undefined where nothing does. */
  fault: string | undefined;
}

export interface MailboxReaderOptions {
  connect(): Promise<MailboxSession>;
  intake: Pick<MailIntake, "take">;
  clock: Clock;
  /** True where this process is the one that reads it; asked each time anew. */
  mayRead(): Promise<boolean>;
  pollMs: number;
  /** Pause behind the first failure in a row; it doubles up to `pauseMaxMs`. */
  pauseMs: number;
  pauseMaxMs: number;
  batchMax: number;
  mailBytesMax: number;
  onState(state: MailboxState, error?: unknown): void;
}

/**
 * Reads one mailbox: connects, takes up what lies in its folder, and waits for the server to say that more came, or for the time of a
 * poll. A mail is moved away only once what it tells is durable; what a crash leaves in place is told again, and changes nothing.
 * What fails ends the connection, and is tried again after a pause.
 */
export class MailboxReader {
  readonly #options: MailboxReaderOptions;
  readonly #ended: Promise<void>;
  #state: MailboxState = { readAt: undefined, fault: undefined };
  #session: MailboxSession | undefined;
  #stopped = false;
  #failures = 0;
  #wake: () => void = () => undefined;
  #timer: Timer | undefined;
  #isNews = false;

  constructor(options: MailboxReaderOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  get state(): MailboxState {
    return this.#state;
  }

  /** Resolves when what is under way has ended. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    return this.#ended;
  }

  async #run(): Promise<void> {
    const { pollMs, pauseMs, pauseMaxMs } = this.#options;
    while (!this.#stopped) {
      try {
        await this.#round();
        this.#failures = 0;
        await this.#wait(pollMs);
      } catch (error) {
        await this.#hangUp();
        this.#tell({ ...this.#state, fault: faultOf(error) }, error);
        await this.#wait(Math.min(pauseMaxMs, pauseMs * 2 ** Math.min(this.#failures, 20)));
        this.#failures += 1;
      }
    }
    await this.#hangUp();
  }

  async #round(): Promise<void> {
    const { mayRead, connect, clock, batchMax } = this.#options;
    if (!(await mayRead())) return this.#hangUp();
    this.#isNews = false;
    if (this.#session === undefined) {
      this.#session = await connect();
      this.#session.onNews(() => {
        this.#isNews = true;
        this.#wake();
      });
    }
    const session = this.#session;
    for (let mails = await session.waiting(batchMax); mails.length > 0; mails = await session.waiting(batchMax)) {
      await this.#takeUp(session, mails);
      if (this.#stopped) return;
    }
    this.#tell({ readAt: clock.now(), fault: undefined });
  }

  /** What was durable before one failed is moved all the same. */
  async #takeUp(session: MailboxSession, mails: readonly WaitingMail[]): Promise<void> {
    const processed: number[] = [];
    const unreadable: number[] = [];
    try {
      for (const { uid, bytes } of mails) {
        const mail = bytes > this.#options.mailBytesMax ? undefined : await session.fetch(uid);
        const isRead =
          mail !== undefined && (await this.#options.intake.take({ way: "imap", ...mail })) !== "unreadable";
        (isRead ? processed : unreadable).push(uid);
      }
    } finally {
      await session.move(processed, "processed");
      await session.move(unreadable, "unreadable");
    }
  }

  #tell(state: MailboxState, error?: unknown): void {
    this.#state = state;
    this.#options.onState(state, error);
  }

  async #hangUp(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }

  async #wait(delayMs: number): Promise<void> {
    if (this.#stopped || this.#isNews) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#timer = this.#options.clock.after(delayMs, resolve);
    });
    this.#timer?.cancel();
    this.#wake = () => undefined;
  }
}

function faultOf(error: unknown): string {
  const isRefused = error instanceof Error && "authenticationFailed" in error && error.authenticationFailed === true;
  return isRefused ? "authentication_failed" : errorCode(error);
}
