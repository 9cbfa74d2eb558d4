/**
 * The part of `fetch` that the SDK uses (WHATWG Fetch), by shape: that of browsers, edge runtimes, Node and undici all
 * fit, and so does a wrapper that adds a proxy or measures.
 */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;

export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
  /** A redirect is no answer of the API, and must not carry the key elsewhere. */
  redirect: "manual";
}

export interface FetchAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { getReader(): AnswerReader } | null;
}

export interface AnswerReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}

/** An answer as it came, read to its end. */
export interface RawAnswer {
  status: number;
  contentType: string;
  retryAfter: string | null;
  text: string;
}

/** Reads an answer; throws where it has more than `bytesMax` or the connection breaks. */
export async function readAnswer(answer: FetchAnswer, bytesMax: number): Promise<RawAnswer> {
  return {
    status: answer.status,
    contentType: answer.headers.get("content-type") ?? "",
    retryAfter: answer.headers.get("retry-after"),
    text: answer.body === null ? "" : await readText(answer.status, answer.body.getReader(), bytesMax),
  };
}

async function readText(status: number, reader: AnswerReader, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      // Not awaited: a stream may take its time to end, and nothing depends on it.
      reader.cancel().catch(() => {});
      throw new AnswerTooLarge(status, bytesMax);
    }
    text += decoder.decode(value, { stream: true });
  }
}

export class AnswerTooLarge extends Error {
  readonly status: number;

  constructor(status: number, bytesMax: number) {
    super(`has more than ${bytesMax} bytes`);
    this.status = status;
  }
}
