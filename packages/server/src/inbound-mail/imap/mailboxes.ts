import type { Clock, Timer } from "../../ports/clock.ts";
import type { ReturnMailbox } from "../../ports/provider.ts";

export interface ConfiguredMailbox {
  environmentId: number;
  /** Key of the integration that it belongs to. */
  integration: string;
  mailbox: ReturnMailbox;
}

interface Reader {
  stop(): Promise<void>;
}

interface Running {
  settings: string;
  reader: Reader;
}

export interface MailboxesOptions {
  clock: Clock;
  /** Those in force now. */
  configured(): readonly ConfiguredMailbox[];
  start(configured: ConfiguredMailbox, id: string): Reader;
  /** How often it is looked whether other ones are in force. */
  lookMs: number;
  mailboxesMax: number;
}

/** One reader for each mailbox that is configured, however many integrations name it; another one where its settings change. */
export class Mailboxes {
  readonly #options: MailboxesOptions;
  readonly #running = new Map<string, Running>();
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: MailboxesOptions) {
    this.#options = options;
    this.#look();
  }

  /** Resolves when what is under way has ended. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await Promise.all([...this.#running.values()].map(({ reader }) => reader.stop()));
  }

  #look(): void {
    if (this.#stopped) return;
    const wanted = new Map<string, ConfiguredMailbox>();
    for (const configured of this.#options.configured()) {
      const id = idOf(configured.mailbox);
      if (!wanted.has(id) && wanted.size < this.#options.mailboxesMax) wanted.set(id, configured);
    }
    for (const [id, { settings, reader }] of this.#running) {
      const configured = wanted.get(id);
      if (configured !== undefined && JSON.stringify(configured) === settings) continue;
      this.#running.delete(id);
      void reader.stop();
    }
    for (const [id, configured] of wanted) {
      if (this.#running.has(id)) continue;
      this.#running.set(id, { settings: JSON.stringify(configured), reader: this.#options.start(configured, id) });
    }
    this.#timer = this.#options.clock.after(this.#options.lookMs, () => this.#look());
  }
}

const idOf = ({ host, port, username, folder }: ReturnMailbox): string =>
  JSON.stringify([host.toLowerCase(), port, username, folder]);
