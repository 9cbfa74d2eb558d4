import type { PauseKind } from "@tidings/contract/pauses";
import type { MessageOrigin } from "./message.ts";

/** When something is due that waits for nothing but a person: the end of the year 9999. */
export const endOfTime = 253_402_300_799_000;

/** Reason of a message that a pause keeps. */
export const pausedReason = "paused";

/** What a pause is of. `tenant` is empty where it is of all messages. */
export interface PauseName {
  kind: PauseKind;
  key: string;
  tenant: string;
}

/** A pause that is in force, or that has ended and has not let go all that it kept. */
export interface Pause extends PauseName {
  id: string;
  /** When it ends by itself; null where somebody has to end it. */
  until: number | null;
}

/** The pauses of one environment, arranged for the question that is asked of every message. It does not change. */
export class Pauses {
  readonly #byName: ReadonlyMap<string, Pause>;
  /** Kinds of which there is one, so that of others nothing is put together. */
  readonly #kinds: ReadonlySet<PauseKind>;

  constructor(pauses: readonly Pause[]) {
    this.#byName = new Map(pauses.map((pause) => [nameOf(pause), pause]));
    this.#kinds = new Set(pauses.map(({ kind }) => kind));
  }

  /** Whether there is none: what nearly every message is answered. */
  get isEmpty(): boolean {
    return this.#kinds.size === 0;
  }

  /** Why a message does not go out at all: its lane, channel or workflow. Integrations are asked one by one. */
  of({ lane, channel, workflow, tenant }: MessageOrigin, now: number): Pause | undefined {
    if (this.isEmpty) return undefined;
    return (
      this.#find("lane", lane, tenant, now) ??
      this.#find("channel", channel, tenant, now) ??
      this.#find("workflow", workflow, tenant, now)
    );
  }

  /** Why messages of a lane and a tenant do not go by an integration. */
  ofIntegration(key: string, { lane, tenant }: Pick<MessageOrigin, "lane" | "tenant">, now: number): Pause | undefined {
    if (this.isEmpty) return undefined;
    const ofMarketing = lane === "marketing" ? this.#find("marketing", key, tenant, now) : undefined;
    return ofMarketing ?? this.#find("integration", key, tenant, now);
  }

  /** That of all is first: it is likely to be the last to end. */
  #find(kind: PauseKind, key: string, tenant: string, now: number): Pause | undefined {
    if (!this.#kinds.has(kind)) return undefined;
    const ofAll = this.#byName.get(nameOf({ kind, key, tenant: "" }));
    if (ofAll !== undefined && isInForce(ofAll, now)) return ofAll;
    const ofTenant = tenant === "" ? undefined : this.#byName.get(nameOf({ kind, key, tenant }));
    return ofTenant !== undefined && isInForce(ofTenant, now) ? ofTenant : undefined;
  }
}

export const noPauses = new Pauses([]);

/** Keys hold no space. */
export const nameOf = ({ kind, key, tenant }: PauseName): string => `${kind} ${key} ${tenant}`;

/** One whose time is up is not in force, whether or not it is written yet that it has ended. */
const isInForce = ({ until }: Pause, now: number): boolean => until === null || until > now;
