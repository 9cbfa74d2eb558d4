import type { InboxChange, InboxClose } from "@tidings/contract/inbox";
import type { InboxTransport } from "../../domain/inbox.ts";
import type { InboxRead } from "../../ports/store/inbox.ts";
import type { InboxToken } from "./token.ts";
import { headView } from "./view.ts";

/** A connection of a page, as the hub uses it: a WebSocket or an event stream. */
export interface InboxConnection {
  readonly transport: InboxTransport;
  /** Bytes that it has taken and the other side has not. */
  readonly bufferedBytes: number;
  /** A message of the contract as JSON. */
  send(sequence: number, json: string): void;
  /** Shows that the connection lives; false where the last one was not answered. */
  beat(sequence: number, json: string): boolean;
  /** Resolves when what is buffered has gone, or the connection has. */
  drained(): Promise<void>;
  close(reason: InboxClose): void;
}

/** A change with its text, which all connections of its inbox share. */
export interface Frame {
  sequence: number;
  json: string;
}

/**
 * A connection and how far it has been told.
 *
 *   catching up ──▶ live ──▶ closed
 *        └────────────────────▶
 *
 * Catching up, it reads for itself until it has what the inbox's feed has; live, it is told by the feed. It is told each
 * change after `position` once and in order, or a reset, in both.
 */
export class Subscriber {
  readonly token: InboxToken;
  readonly connection: InboxConnection;
  readonly #bufferedBytesMax: number;
  /** The last change that it was told; undefined before its first reset. */
  position: number | undefined;
  state: "catching up" | "live" | "closed" = "catching up";
  beatAt: number;
  #counts = { unseen: 0, unread: 0 };
  #toldNothing = true;

  constructor(
    token: InboxToken,
    connection: InboxConnection,
    from: { position: number | undefined; beatAt: number },
    bufferedBytesMax: number,
  ) {
    this.token = token;
    this.connection = connection;
    this.position = from.position;
    this.beatAt = from.beatAt;
    this.#bufferedBytesMax = bufferedBytesMax;
  }

  /**
   * What it has not been told yet. A connection that has still not taken what it was told before is closed, and resumes:
   * looked at before a batch and not after it, as the batch alone may be more than the system takes at once.
   */
  tell(frames: readonly Frame[], head: NonNullable<InboxRead>["head"]): void {
    if (this.connection.bufferedBytes > this.#bufferedBytesMax) this.close("slow");
    if (this.state === "closed") return;
    for (const { sequence, json } of frames) {
      if (this.position === undefined || sequence <= this.position) continue;
      this.position = sequence;
      this.#toldNothing = false;
      this.connection.send(sequence, json);
    }
    this.#counts = { unseen: head.unseen, unread: head.unread };
  }

  reset(head: NonNullable<InboxRead>["head"]): void {
    if (this.state === "closed") return;
    this.position = head.sequence;
    this.#toldNothing = false;
    this.#counts = { unseen: head.unseen, unread: head.unread };
    this.connection.send(head.sequence, JSON.stringify(headView("reset", head)));
  }

  /** A page that resumes where nothing has changed hears at once that it was let in. */
  greet(): void {
    if (this.#toldNothing) this.beat(this.beatAt);
  }

  beat(nextBeatAt: number): void {
    if (this.position === undefined || this.state === "closed") return;
    this.beatAt = nextBeatAt;
    const heartbeat: InboxChange = { sequence: this.position, type: "heartbeat", counts: this.#counts };
    if (!this.connection.beat(this.position, JSON.stringify(heartbeat))) this.close("slow");
  }

  close(reason: InboxClose): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.connection.close(reason);
  }
}
