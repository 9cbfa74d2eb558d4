import { deriveId } from "../../packages/server/src/lib/ids.ts";
import type { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import type { OutboundHttp, OutboundRequest, OutboundResponse } from "../../packages/server/src/ports/provider.ts";
import { runStateCode } from "../../packages/server/src/store/sql/codes.ts";
import { integer, text } from "../../packages/server/src/store/sql/columns.ts";
import { drawId } from "./documents.ts";
import { type Endpoint, endpointHost } from "./endpoint.ts";
import type { LiveProcess, World } from "./world.ts";

/** What happens to a request as a whole. */
const fates = [
  "lost on its way",
  "never answered",
  "refused",
  "busy",
  "crash before it arrives",
  "crash after it arrived",
  "not JSON",
] as const;
type Fate = (typeof fates)[number] | "answered";

const askingSql = `select id, created_at from run where state = ${runStateCode.canceled}
  or (state = ${runStateCode.waiting} and exists (select 1 from effect where run_id = run.id))`;

/** The run that a request is for: what the key in its header was derived from. */
interface Asking {
  runId: string;
  /** What it was told, in order. */
  answers: string[];
}

/**
 * What fetch steps ask: it survives every process, and answers differently each time that it is asked, so whoever asks again
 * after an answer was journalled is found out, as is who asks at all when no run waits.
 */
export class FarSide {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #endpoint: Endpoint;
  readonly #asking = new Map<string, Asking>();
  readonly #open = new Map<string, number>();
  asked = 0;

  constructor(world: World, endpoint: Endpoint) {
    this.#world = world;
    this.#endpoint = endpoint;
    this.#random = world.fork();
  }

  /** What a run was told, in order and in the form in which templates show it; values begin with a `v`. */
  answersOf(runId: string): readonly string[] {
    return [...this.#asking.values()].flatMap((one) => (one.runId === runId ? one.answers : []));
  }

  /** The outside as one process reaches it. */
  httpFor(process: LiveProcess): OutboundHttp {
    return { request: (request) => this.#request(request, process) };
  }

  #request(request: OutboundRequest, process: LiveProcess): Promise<OutboundResponse> {
    if (!process.alive) return new Promise(() => undefined);
    if (new URL(request.url).host === endpointHost) return this.#tell(request, process);
    const { clock } = this.#world;
    this.asked += 1;
    const asking = this.#askingOf(request);
    const fate = this.#fate();
    const place = `${process.node} ${new URL(request.url).host}`;
    this.#world.note(
      `${process.node} asks ${request.url} for ${asking.runId}${fate === "answered" ? "" : ` (${fate})`}`,
    );
    this.#count(place, 1);
    return new Promise((resolve) => {
      const answer = (response: OutboundResponse, told: string): void => {
        if (!process.alive) return;
        this.#count(place, -1);
        asking.answers.push(told);
        resolve(response);
      };
      clock.after(request.timeoutMs, () => {
        if (fate === "lost on its way" || fate === "never answered")
          answer({ status: "unknown", code: "timeout", detail: "" }, "timeout");
      });
      clock.after(1 + this.#random.int(400), () => {
        if (fate === "crash before it arrives" || fate === "crash after it arrived") this.#world.crash(fate);
        else if (fate === "refused")
          answer({ status: "refused", code: "connect_refused", detail: "" }, "connect_refused");
        else if (fate === "busy" || fate === "not JSON" || fate === "answered") this.#answer(request, fate, answer);
      });
    });
  }

  #tell(request: OutboundRequest, process: LiveProcess): Promise<OutboundResponse> {
    return new Promise((resolve) => {
      this.#endpoint.call(request, (response) => {
        if (process.alive) resolve(response);
      });
    });
  }

  #answer(request: OutboundRequest, fate: Fate, answer: (response: OutboundResponse, told: string) => void): void {
    const respond = (statusCode: number, body: string, told: string, headers = {}): void =>
      answer({ status: "response", statusCode, headers, body: Buffer.from(body) }, told);
    if (fate === "busy") respond(503, "", "503", this.#random.chance(0.5) ? { "retry-after": "2" } : {});
    else if (fate === "not JSON") respond(200, "<html>", "answer_not_json");
    else if (request.url.endsWith("?poison=perform")) respond(400, "{}", "400");
    else {
      const value = `v${this.#random.int(1_000_000)}`;
      respond(200, JSON.stringify({ value }), value);
    }
  }

  #fate(): Fate {
    const { faulty, profile } = this.#world;
    return faulty && this.#random.chance(profile.callFault) ? this.#random.pick(fates) : "answered";
  }

  #count(place: string, by: 1 | -1): void {
    const open = (this.#open.get(place) ?? 0) + by;
    this.#open.set(place, open);
    // No two lanes ask one host here, as each has a bound of its own.
    const max = this.#world.profile.config.fetch.hostRequestsMax;
    if (open > max) this.#world.violate("fetches-bounded", `${open} of ${place}, at most ${max}`);
  }

  /** Which run the key belongs to: one that waits, or was canceled while the request was made. None is a fault. */
  #askingOf(request: OutboundRequest): Asking {
    const key = request.headers["idempotency-key"] ?? "";
    const pending = this.#world.base.database
      .all(askingSql)
      .map((row) => ({ runId: text(row, "id"), createdAt: integer(row, "created_at") }))
      .find(({ runId, createdAt }) => deriveId(createdAt, "effect", runId, drawId) === key);
    const known = this.#asking.get(key);
    if (pending === undefined) this.#world.violate("fetched-only-while-waited-for", `${request.url} with ${key}`);
    const asking = known ?? { runId: pending?.runId ?? "", answers: [] };
    this.#asking.set(key, asking);
    return asking;
  }
}
