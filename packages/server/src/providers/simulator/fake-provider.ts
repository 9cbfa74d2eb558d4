import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Outcome } from "../../ports/provider.ts";
import { answer, hookStatusOf } from "./fake-answer.ts";
import { readCall } from "./fake-call.ts";
import { FakeFeedback } from "./fake-feedback.ts";
import { FakeJournal } from "./fake-journal.ts";
import type { FakeProviderOptions } from "./fake-provider-options.ts";
import { type FakeProviderStats, noStats } from "./fake-stats.ts";
import { faultsSchema } from "./settings.ts";
import { type Offered, Vendor, type Verdict } from "./vendor.ts";

const bodyBytesMax = 64 * 1024 * 1024;

/**
 * A vendor and webhook receiver for tests and benchmarks, as a server. `POST /send` takes the simulator's calls; any other
 * POST is a webhook, known by its `webhook-id`; `GET /stats` counts. What is taken is in the journal before it is answered;
 * what is refused is not in it.
 */
export class FakeProvider {
  readonly stats: FakeProviderStats = noStats();
  readonly #server: Server;
  readonly #journal: FakeJournal;
  readonly #feedback: FakeFeedback | undefined;
  readonly #vendor: Vendor;
  readonly #silentPaths: ReadonlySet<string>;
  readonly #silent: boolean;
  readonly #status: number | undefined;
  /** Tries per webhook, which carries no number of its own. */
  readonly #tries = new Map<string, number>();
  readonly #place: { port: number; host: string };

  constructor(options: FakeProviderOptions) {
    this.#vendor = new Vendor(faultsSchema.parse(options.faults ?? {}));
    this.#journal = new FakeJournal(options.journal);
    this.#feedback =
      options.feedback === undefined ? undefined : new FakeFeedback(options.feedback.url, options.feedback.secret);
    this.#silent = options.blackhole ?? false;
    this.#status = options.answerStatus;
    this.#silentPaths = new Set(options.blackholePaths);
    this.#place = { port: options.port, host: options.host ?? "127.0.0.1" };
    this.#server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0, noDelay: true }, (request, response) =>
      this.#take(request, response),
    );
  }

  async start(): Promise<number> {
    this.#server.listen(this.#place);
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the fake provider listens on no port");
    return address.port;
  }

  /** Cuts what is under way. Safe to call twice. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await Promise.all([closed, this.#feedback?.close()]);
    this.#journal.close();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? "/";
    if (request.method === "GET" && path === "/stats") {
      answer(response, 200, JSON.stringify(this.stats));
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bodyBytesMax) request.destroy();
      else chunks.push(chunk);
    });
    request.on("end", () => {
      this.stats.requests += 1;
      const [first] = chunks;
      const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
      if (this.#silent || this.#silentPaths.has(path)) this.stats.unanswered += 1;
      else if (request.method !== "POST") answer(response, 405, "{}");
      else if (this.#status !== undefined) answer(response, this.#status, "{}");
      else if (path === "/send") this.#send(body, response);
      else this.#hook(request, response);
    });
  }

  #send(body: Buffer, response: ServerResponse): void {
    const call = readCall(body);
    if (call === undefined || call.messages.length === 0) {
      this.stats.malformed += 1;
      answer(response, 400, "{}");
      return;
    }
    const verdict = this.#judge(call.messages, call.callId);
    this.stats.messages += verdict.taken.length;
    this.#reply(verdict, response, 200, { outcomes: verdict.outcomes });
  }

  #hook(request: IncomingMessage, response: ServerResponse): void {
    const header = request.headers["webhook-id"];
    const id = typeof header === "string" ? header : "";
    const attempt = (this.#tries.get(id) ?? 0) + 1;
    const verdict = this.#judge([{ id, attempt }], "");
    const [outcome] = verdict.outcomes;
    if (outcome?.status === "accepted") this.#tries.delete(id);
    else this.#tries.set(id, attempt);
    this.stats.hooks += verdict.taken.length;
    const { status, headers } = hookStatusOf(outcome);
    this.#reply(verdict, response, status, {}, headers);
  }

  #judge(messages: readonly Offered[], callId: string): Verdict {
    const verdict = this.#vendor.judge(messages, Date.now());
    for (const index of verdict.taken) {
      const message = messages[index];
      if (message !== undefined) this.#journal.add(message.id, message.attempt, callId);
    }
    this.stats.refused += verdict.outcomes.reduce((sum, { status }) => (status === "accepted" ? sum : sum + 1), 0);
    this.#feedback?.add(verdict.feedback);
    return verdict;
  }

  #reply(
    verdict: Verdict,
    response: ServerResponse,
    status: number,
    body: { outcomes?: Outcome[] },
    headers?: Record<string, string>,
  ): void {
    this.#journal.afterWrite(() => {
      const text = JSON.stringify(body);
      if (!verdict.answers) this.stats.unanswered += 1;
      else if (verdict.latencyMs === 0) answer(response, status, text, headers);
      else setTimeout(() => answer(response, status, text, headers), verdict.latencyMs);
    });
  }
}
