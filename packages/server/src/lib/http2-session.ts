import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { constants } from "node:http2";
import type { Http2Connection } from "./http2-connect.ts";
import type { Http2Job } from "./http2-job.ts";
import { Http2Pulse, type Http2PulseLimits } from "./http2-pulse.ts";

export interface Http2SessionLimits extends Http2PulseLimits {
  /** Streams at once on one connection, where the peer allows more. */
  streamsMax: number;
  /** Requests that one connection carries before another takes its place: ids of streams end at 2^31. */
  requestsMax: number;
  /** A connection without requests for so long is closed. */
  idleMs: number;
}

export interface Http2SessionEvents {
  /** There may be room for a stream more. */
  onRoom(): void;
  /** It takes no more requests; what is under way goes on where the peer lets it. Told once. */
  onEnd(): void;
  /** The peer surely did not process it (RFC 9113 §8.7). */
  onUnprocessed(job: Http2Job): void;
}

const { NGHTTP2_REFUSED_STREAM, NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_NO_ERROR } = constants;

/**
 * One connection. States: open (takes requests) → ended (GOAWAY, or the connection broke: takes none, what is under way ends).
 * While open and quiet for a time it asks the peer for a sign of life before it takes a request, so that a connection that died
 * in its sleep costs none; with requests under way it asks again and again, and breaks off where no answer comes.
 *
 * What became of a request without a whole answer: a stream above the last one that a GOAWAY names, or reset with
 * REFUSED_STREAM, surely was not processed; of every other nobody knows.
 */
export class Http2Session {
  readonly #session: ClientHttp2Session;
  readonly #pulse: Http2Pulse;
  readonly #limits: Http2SessionLimits;
  readonly #events: Http2SessionEvents;
  readonly #interval: NodeJS.Timeout;
  #open = 0;
  #carried = 0;
  #ended = false;
  #idleSince = performance.now();
  #goaway: { lastStreamId: number; code: number } | undefined;

  constructor(connection: Http2Connection, limits: Http2SessionLimits, events: Http2SessionEvents) {
    const { session } = connection;
    this.#session = session;
    this.#pulse = new Http2Pulse(connection, limits, () => events.onRoom());
    this.#limits = limits;
    this.#events = events;
    this.#interval = setInterval(() => this.#look(), limits.pingIntervalMs);
    this.#interval.unref();
    session.on("goaway", (code: number, lastStreamId: number) => {
      // a graceful end is told twice: at first with the highest id that there is
      this.#goaway = { code, lastStreamId: Math.min(lastStreamId, this.#goaway?.lastStreamId ?? lastStreamId) };
      this.#end();
    });
    session.on("remoteSettings", () => this.#events.onRoom());
    session.once("close", () => {
      clearInterval(this.#interval);
      this.#end();
    });
  }

  /** Whether it has ever carried a request: what ends without is no better than no connection. */
  get carried(): boolean {
    return this.#carried > 0;
  }

  get isUsable(): boolean {
    return !this.#ended && !this.#session.closed && !this.#session.destroyed;
  }

  /** Whether a request would be sent at once. Where it is to be asked for a sign of life first, `onRoom` follows. */
  hasRoom(): boolean {
    const streamsMax = Math.min(this.#limits.streamsMax, this.#session.remoteSettings.maxConcurrentStreams ?? 0);
    if (!this.isUsable || this.#open >= streamsMax) return false;
    if (this.#open > 0 || this.#pulse.isFresh) return true;
    this.#pulse.ask();
    return false;
  }

  /** Throws where the headers are not valid; then nothing was sent. */
  send(job: Http2Job): void {
    const { call, headers, body } = job;
    const stream = this.#session.request(headers, { endStream: body === undefined });
    const controller = { abort: () => stream.close(NGHTTP2_CANCEL) };
    this.#open += 1;
    this.#carried += 1;
    call.onRequestStart(controller);
    let answered = false;
    stream.on("response", ({ ":status": statusCode = 0, ...answer }: IncomingHttpHeaders & { ":status"?: number }) => {
      answered = true;
      this.#pulse.seen();
      call.onResponseStart(controller, statusCode, answer);
    });
    stream.on("data", (chunk: Buffer) => call.onResponseData(controller, chunk));
    stream.on("end", () => {
      // a stream that was reset in the middle of its body ends too
      if (answered && stream.rstCode === NGHTTP2_NO_ERROR) call.onResponseEnd();
    });
    // `close` follows with what there is to know
    stream.on("error", () => undefined);
    stream.on("close", () => this.#closed(job, stream, answered));
    if (body !== undefined) stream.end(body);
    if (this.#carried >= this.#limits.requestsMax) this.#end();
  }

  /** For when nothing is under way: Node would give back as refused what it has not written yet. */
  close(): void {
    this.#session.close();
    this.#end();
  }

  #closed(job: Http2Job, stream: ClientHttp2Stream, answered: boolean): void {
    this.#open -= 1;
    if (this.#open === 0) this.#idleSince = performance.now();
    const { call } = job;
    if (!call.isSettled) {
      if (!answered && this.#isUnprocessed(stream)) this.#events.onUnprocessed(job);
      else if (stream.rstCode === NGHTTP2_ENHANCE_YOUR_CALM && !answered) call.lose("headers_too_large");
      else call.lose(this.#session.destroyed ? "reset" : "stream_error");
    }
    if (this.#open === 0 && this.#ended) this.#session.close();
    this.#events.onRoom();
  }

  #isUnprocessed({ id, rstCode }: ClientHttp2Stream): boolean {
    if (id === undefined || id > (this.#goaway?.lastStreamId ?? Number.POSITIVE_INFINITY)) return true;
    // Node gives streams that a GOAWAY breaks off that frame's code: it says nothing about them
    return rstCode === NGHTTP2_REFUSED_STREAM && this.#goaway?.code !== NGHTTP2_REFUSED_STREAM;
  }

  #look(): void {
    if (this.#open > 0) this.#pulse.ask();
    // it has ended, and the peer does not see to its side of it
    else if (!this.isUsable) this.#pulse.breakOff();
    else if (performance.now() - this.#idleSince >= this.#limits.idleMs) this.close();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#events.onEnd();
  }
}
