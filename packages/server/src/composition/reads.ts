import type { WorkerRead } from "@tidings/contract/workers";
import type { Clock } from "../ports/clock.ts";
import type { EnvironmentRow } from "../ports/store/keys.ts";

export interface ReadPlace {
  kind: WorkerRead["kind"];
  environmentId: number;
  /** Of the source, or of the integration that the mailbox belongs to. */
  key: string;
}

/** One that is read here, as long as it is. */
export interface ReadSeat {
  /** `code`: what stands in the way; undefined where nothing does. */
  tell(code: string | undefined): void;
  leave(): void;
}

interface Told extends ReadPlace {
  code: string | undefined;
  since: number;
}

/** What this process reads from elsewhere, and how that goes: sources, and mailboxes of bounces. */
export class Reads {
  readonly #clock: Pick<Clock, "now">;
  readonly #told = new Map<ReadSeat, Told>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  seat(place: ReadPlace): ReadSeat {
    const seat: ReadSeat = {
      tell: (code) => {
        const known = this.#told.get(seat);
        if (known === undefined || known.code !== code)
          this.#told.set(seat, { ...place, code, since: this.#clock.now() });
      },
      leave: () => void this.#told.delete(seat),
    };
    return seat;
  }

  list(environments: readonly EnvironmentRow[]): WorkerRead[] {
    return [...this.#told.values()].map(({ kind, environmentId, key, code, since }) => ({
      kind,
      environment: environments.find(({ id }) => id === environmentId)?.key,
      key,
      state: code === undefined ? "read" : "failing",
      code,
      since: new Date(since).toISOString(),
    }));
  }
}
