import { type InboxChange, inboxChangeSchema } from "@tidings/contract/inbox";
import type { TidingsError } from "../errors.ts";

/** Why a connection ended: fetch a token, give up, or come again. */
export interface SessionEnd {
  /** It was connected, so that the way is open. */
  opened: boolean;
  next: "token" | "stop" | "retry";
  error?: TidingsError | undefined;
}

/** What a transport tells while it is connected. */
export interface SessionEvents {
  opened(): void;
  change(change: InboxChange): void;
}

/** Close codes of the server (`inboxCloseCodes` of the contract) after which coming again is of no use as it is. */
export function nextAfter(code: number | undefined): SessionEnd["next"] {
  if (code === 4401) return "token";
  return code === 4403 ? "stop" : "retry";
}

/** A message as the contract has it; undefined for what a newer server may say. */
export function changeOf(text: string): InboxChange | undefined {
  try {
    const parsed = inboxChangeSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Ends something that has been silent for too long: a connection whose other side is gone says nothing. */
export class Watchdog {
  readonly #silenceMs: number;
  readonly #bark: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(silenceMs: number, bark: () => void) {
    this.#silenceMs = silenceMs;
    this.#bark = bark;
    this.heard();
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#bark, this.#silenceMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
