import {
  TidingsAbortError,
  TidingsAnswerError,
  TidingsApiError,
  TidingsConnectionError,
  TidingsError,
  TidingsTimeoutError,
} from "../errors.ts";
import { sdkLimits } from "../limits.ts";
import { apiError, isSuccess, parseAnswer } from "./answers.ts";
import { bounded, pause } from "./bounded.ts";
import { AnswerTooLarge, type RawAnswer, readAnswer } from "./fetch.ts";
import { checked } from "./input.ts";
import type { AnswerOf, Operation } from "./operation.ts";
import {
  type CallOptions,
  callOptionsSchema,
  type SendOptions,
  type Settings,
  sendOptionsSchema,
  traceHeaders,
} from "./options.ts";
import { type Input, type Request, requestOf } from "./request.ts";
import { type Failure, mayRepeat, waitMs } from "./retry.ts";

interface Limits {
  timeoutMs: number;
  callTimeoutMs: number;
  retries: number;
  signal: AbortSignal | undefined;
}

/**
 * Makes calls: checks what goes out, repeats what may be repeated, reads what comes back. Between calls it holds nothing
 * but its settings. A call throws subclasses of `TidingsError` only.
 */
export class Transport {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** A call under an idempotency key: the caller's, or one of its own that all attempts share. */
  async send<O extends Operation>(operation: O, input: Input, options: SendOptions | undefined): Promise<AnswerOf<O>> {
    const { idempotencyKey, ...rest } = checked(operation.name, sendOptionsSchema, () => options ?? {}, "options");
    const key = idempotencyKey ?? this.automaticKey(rest.retries);
    const headers = key === undefined ? {} : { "idempotency-key": key };
    return this.call(operation, { ...input, headers }, rest);
  }

  /** A key for a call that may be repeated. Where it is not, none is made: the server would keep it for nothing. */
  automaticKey(retries: number | undefined): string | undefined {
    return (retries ?? this.#settings.retries) === 0 ? undefined : crypto.randomUUID();
  }

  async call<O extends Operation>(operation: O, input: Input, options: CallOptions | undefined): Promise<AnswerOf<O>>;
  async call(operation: Operation, input: Input, options: CallOptions | undefined): Promise<unknown> {
    const given = checked(operation.name, callOptionsSchema, () => options ?? {}, "options");
    const limits = this.#limits(given);
    const headers = { ...input.headers, ...traceHeaders(given) };
    const request = requestOf(this.#settings, operation, { ...input, headers });
    const answer = await this.#repeat(operation, request, limits);
    return operation.response === undefined ? undefined : parseAnswer(operation, operation.response, answer);
  }

  #limits(given: CallOptions): Limits {
    const { timeoutMs, callTimeoutMs, retries } = this.#settings;
    return {
      timeoutMs: given.timeoutMs ?? timeoutMs,
      callTimeoutMs: given.callTimeoutMs ?? callTimeoutMs,
      retries: given.retries ?? retries,
      signal: given.signal,
    };
  }

  /** Attempts until one succeeds, must not be repeated, or neither attempts nor time are left. */
  async #repeat(operation: Operation, request: Request, limits: Limits): Promise<RawAnswer> {
    const deadline = performance.now() + limits.callTimeoutMs;
    let mayBeDone = false;
    for (let attempt = 1; ; attempt += 1) {
      const timeoutMs = Math.max(1, Math.min(limits.timeoutMs, deadline - performance.now()));
      const outcome = await this.#attempt(operation, request, { ...limits, timeoutMs });
      const isAnswer = !(outcome instanceof TidingsError);
      if (isAnswer && isSuccess(operation, outcome)) return outcome;
      // A delete whose answer was lost finds nothing the second time.
      if (isAnswer && mayBeDone && operation.method === "DELETE" && outcome.status === 404) return outcome;
      const error = isAnswer ? apiError(operation, outcome, attempt) : outcome;
      const failure = failureOf(error);
      if (attempt > limits.retries || !mayRepeat(operation.repeat, failure)) throw error;
      const wait = waitMs(attempt, failure.retryAfterMs, Math.random);
      if (performance.now() + wait >= deadline) throw error;
      mayBeDone ||= !isAnswer || outcome.status >= 500;
      await pause(operation.name, wait, limits.signal);
    }
  }

  /** One attempt. That no answer came is a value, as it may be repeated; the caller's own end of it is thrown. */
  async #attempt({ name }: Operation, { url, init }: Request, limits: Limits): Promise<RawAnswer | TidingsError> {
    try {
      return await bounded({ operation: name, ...limits }, async (signal) => {
        const answer = await this.#settings.fetch(url, { ...init, signal });
        if (signal.aborted) {
          // A fetch that does not heed its signal, with an answer that nobody awaits any more.
          answer.body
            ?.getReader()
            .cancel()
            .catch(() => {});
          throw signal.reason;
        }
        return await readAnswer(answer, sdkLimits.answerBytesMax);
      });
    } catch (cause) {
      if (cause instanceof TidingsAbortError) throw cause;
      if (cause instanceof TidingsTimeoutError) return cause;
      if (cause instanceof AnswerTooLarge) {
        throw new TidingsAnswerError(name, cause.status, [{ path: "", message: cause.message }], { cause });
      }
      return new TidingsConnectionError(name, `no connection, or it broke${codeOf(cause)}`, { cause });
    }
  }
}

function failureOf(error: TidingsError): Failure {
  return error instanceof TidingsApiError ? error : { code: "", retryAfterMs: undefined };
}

/** What undici and others hide one level down: the system's code, such as ECONNREFUSED. */
function codeOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
  const code: unknown = typeof inner === "object" && inner !== null ? Reflect.get(inner, "code") : undefined;
  return typeof code === "string" && /^[A-Z_0-9]{1,40}$/.test(code) ? ` (${code})` : "";
}
